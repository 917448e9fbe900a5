"""Kills, outages and cancels, over and over, and what is left of the runs afterwards.

``python -m tests.benchmarks.chaos sqlite|postgres|s3|outage|cancel [--kills 20] [--seed 0]``
prints one line of JSON, and says what it does on standard error. Everything goes through the
command line and the files, as it would for a user; the disturbed runs are compared with undisturbed
ones of the same specs.
"""
