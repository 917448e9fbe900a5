"""The page Adapt; Streamlit runs ``page.py`` from top to bottom."""
