"""What a finished run is handed on as: one HTML file, LaTeX, figures, JSON. Imports no torch."""
