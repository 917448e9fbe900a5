"""What is around every page: navigation, addresses, the server's start, Streamlit's mends."""
