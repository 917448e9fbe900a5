"""Rows of cells as a table: where its names, units and rows stand."""
