"""Cached reads of the engine."""
