"""Runs in a durable queue: clients submit (no torch), workers serve, one child process trains."""
