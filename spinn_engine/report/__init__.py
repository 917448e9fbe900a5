"""A finished run as a report: one HTML file, LaTeX, figures, JSON. Imports no torch."""
