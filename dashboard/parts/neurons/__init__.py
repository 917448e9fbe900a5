"""The neurons of a run: maps of all, and each by itself."""
