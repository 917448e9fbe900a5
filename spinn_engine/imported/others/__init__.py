"""Networks of Keras, scikit-learn, Flax and Equinox, read from their files; nothing is imported."""
