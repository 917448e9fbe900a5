"""The page Overview; Streamlit runs ``page.py`` from top to bottom."""
