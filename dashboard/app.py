"""The dashboard: ``streamlit run dashboard/app.py``.

The server imports this file once and takes ``app`` from it; every visit runs it as a script.
"""

import streamlit as st

from dashboard.shell import startup

if __name__ == "__main__":
    from dashboard.shell.navigation import draw

    draw()
else:
    app = st.App(__file__, lifespan=startup.begin)
