"""The Streamlit pages of SPINN Explorer; ``streamlit run dashboard/app.py`` opens them."""
