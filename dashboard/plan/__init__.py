"""The page Plan; Streamlit runs ``page.py`` from top to bottom."""
