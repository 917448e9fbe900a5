"""A robot's arm: how far its end is from a target, by its eight angles."""
