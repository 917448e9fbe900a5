def read_skops(file, size): raise NotImplementedError
