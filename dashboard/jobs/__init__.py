"""The page Jobs; Streamlit runs ``page.py`` from top to bottom."""
