"""Programs as their files have them, as lists of calls."""
