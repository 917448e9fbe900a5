"""Networks from elsewhere: checkpoints that nobody here wrote, read without torch.

``read_network(path)`` gives a graph, and others that the file may mean as well, or one sentence
that says what the file is instead. No code of the file runs, no name in it is imported, and nothing
is built but plain values.
"""

from spinn_engine.imported.network import StoredNetwork
from spinn_engine.imported.reader import read_network

__all__ = ["StoredNetwork", "read_network"]
