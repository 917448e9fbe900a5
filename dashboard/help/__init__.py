"""The page Help; Streamlit runs ``page.py`` from top to bottom."""
