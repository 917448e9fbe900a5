"""Texts that are times: dates, clocks and durations as instruments and programs write them."""
