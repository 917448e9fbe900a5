"""``milling-sim``: the milling simulator."""
