"""The page Data; Streamlit runs ``page.py`` from top to bottom."""
