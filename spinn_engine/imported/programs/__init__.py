"""Programs, such as an ONNX model or what ``torch.export`` gives, as graphs; imports no torch.

Each format becomes a list of ``Call``; ``meaning.py`` reads what they compute, ``emit.py`` makes a
``Graph`` of it.
"""
