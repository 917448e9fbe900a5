"""Widgets that make a spec."""
