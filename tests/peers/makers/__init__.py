"""A module a tool, each with ``make()``; ``requirements-peers.txt`` installs the tools."""
