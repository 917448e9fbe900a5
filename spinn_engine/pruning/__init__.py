"""Which neurons go, how many, and how the rest makes up for them. ``schedule`` needs no torch."""
