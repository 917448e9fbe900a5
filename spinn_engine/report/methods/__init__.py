"""The methods of a run in words."""
