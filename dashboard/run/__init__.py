"""The page Run; Streamlit runs ``page.py`` from top to bottom."""
