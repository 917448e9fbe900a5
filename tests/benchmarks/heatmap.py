"""How long the importance heatmap of 4 layers of 4,096 neurons takes in Chromium.

python -m tests.benchmarks.heatmap

The page holds the picture of the Run page, points to click included, and a switch between its two
orders. The time is from the switch to two frames after the new picture is in the page: the server's
script, the wire and the drawing.
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

from playwright.sync_api import Page, sync_playwright

TIMES = 20
APP = """
import numpy as np
import streamlit as st
from dashboard.charts.neuron_picks import add_picks
from dashboard.charts.neurons import importance_heatmap
from dashboard.charts.style import CONFIG
from spinn_engine.api import LayerImportance

rng = np.random.default_rng(0)
layers = [
    LayerImportance(score, np.arange(4096), score > 0.5, np.where(score > 0.5, -1, 1))
    for score in rng.random((4, 4096), np.float32)
]
by_rank = not st.toggle("by number", key="number")
picture = importance_heatmap(layers, by_rank)
add_picks(picture, layers, by_rank, (2, 40))
st.plotly_chart(picture, config=CONFIG, key="heatmap", on_select="rerun", selection_mode="points")
"""
TWO_FRAMES = "() => new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))"


def wait_for(page: Page, words: str) -> None:
    """Until the picture with these words below it is in the page, and painted."""
    page.locator(".xtitle", has_text=words).wait_for(timeout=60_000)
    page.locator(".heatmaplayer image").first.wait_for(state="attached")
    page.evaluate(TWO_FRAMES)


def measure(address: str) -> list[float]:
    """Seconds from each switch of the order to the painted picture."""
    took = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(address)
        wait_for(page, "highest first")
        for time_number in range(TIMES):
            words = "highest first" if time_number % 2 else "number in the dense network"
            start = time.perf_counter()
            page.locator(".st-key-number label").click()
            wait_for(page, words)
            took.append(time.perf_counter() - start)
        browser.close()
    return took


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
            took = sorted(measure(address))
        finally:
            server.terminate()
            server.wait(20)
    print(f"median {statistics.median(took):.2f} s, longest of {len(took)} {took[-1]:.2f} s")


if __name__ == "__main__":
    main()
