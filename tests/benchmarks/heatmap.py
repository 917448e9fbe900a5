"""How long the importance heatmap of 4 layers of 4,096 neurons takes in Chromium.

python -m tests.benchmarks.heatmap

The page holds the picture of the Run page, every neuron of which can be clicked, and a switch
between its two orders, which builds it anew. The time is from the switch to the last change of the
page or a canvas: the server's script, the wire and the drawing.
"""

from __future__ import annotations

import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import sync_playwright

from tests.benchmarks.dashboard import settled, took, visitor

TIMES = 20
APP = """
import numpy as np
import streamlit as st
from dashboard.charts.neurons import PICK, importance_picture, importance_tables
from spinn_engine.api import LayerImportance

rng = np.random.default_rng(0)
layers = [
    LayerImportance(score, np.arange(4096), score > 0.5, np.where(score > 0.5, -1, 1))
    for score in rng.random((4, 4096), np.float32)
]
st.title("Neurons")
by_rank = not st.toggle("by number", key="number")
picture = importance_picture([4096] * 4, by_rank, clickable=True)
tables = importance_tables(layers, ["layer"] * 4, by_rank, chosen=(1, 40))
chart = {**picture, "datasets": tables}
st.vega_lite_chart(chart, key="heatmap", on_select="rerun", selection_mode=PICK)
"""


def measure(address: str) -> list[float]:
    """Seconds from each switch of the order to the last change of the page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = visitor(browser)
        page.goto(address)
        settled(page)
        switch = page.locator(".st-key-number label")
        found = [took(page, switch.click) / 1e3 for _ in range(TIMES)]
        browser.close()
    return found


def main() -> None:
    """Serve the page, switch, and say how long it took."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as name:
        app = Path(name) / "heatmap.py"
        app.write_text(APP)
        options = ["--server.port", str(port), "--server.headless", "true"]
        server = subprocess.Popen([sys.executable, "-m", "streamlit", "run", str(app), *options])
        try:
            while True:
                try:
                    urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
                    break
                except (URLError, OSError):
                    time.sleep(0.2)
            times = sorted(measure(address))
        finally:
            server.terminate()
            server.wait(20)
    print(f"median {statistics.median(times):.2f} s, longest of {len(times)} {times[-1]:.2f} s")


if __name__ == "__main__":
    main()
