"""Separated text as columns: what it is written in, which of it is the table, and its cells."""
