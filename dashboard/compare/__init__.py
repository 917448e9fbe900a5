"""The page Compare; Streamlit runs ``page.py`` from top to bottom."""
