"""The application around the pages: start, navigation, addresses, Streamlit's mends."""
