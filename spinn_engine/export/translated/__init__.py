"""A graph in the languages of others: ONNX, and lines of Python."""
