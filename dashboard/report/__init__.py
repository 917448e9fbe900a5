"""The page Report; Streamlit runs ``page.py`` from top to bottom."""
