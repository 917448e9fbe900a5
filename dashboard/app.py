"""The dashboard: ``streamlit run dashboard/app.py``.

The server imports this file once and takes ``app`` from it; every visit runs it as a script.
"""

import os
import sys
from pathlib import Path

import streamlit as st

FOLDER = str(Path(__file__).resolve().parents[1])  # holds this package, and the engine in a clone
if FOLDER not in sys.path:
    sys.path.insert(0, FOLDER)
    known = os.environ.get("PYTHONPATH")  # of workers and all else that pages start
    os.environ["PYTHONPATH"] = os.pathsep.join([FOLDER, known] if known else [FOLDER])

if __name__ == "__main__":
    from dashboard.shell.navigation import draw

    draw()
else:
    from dashboard.shell import startup

    app = st.App(__file__, lifespan=startup.begin, middleware=startup.door_first())
