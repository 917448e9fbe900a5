"""scikit-learn by skops: a tree of JSON and an array an entry."""
