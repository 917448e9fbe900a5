"""``nasa-mill:PATH``: NASA's milling recordings."""
