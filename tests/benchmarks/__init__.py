"""Measurements behind the claims: ``python -m tests.benchmarks.NAME``; ratios, not seconds."""
