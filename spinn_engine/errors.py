"""The errors a user may meet. A message is one sentence: what is wrong, what would be right."""


class SpinnError(Exception):
    """Base of every error this package raises on purpose; the work failed (exit code 1)."""


class BadInputError(SpinnError):
    """What was asked for cannot be done as asked; the user can mend it (exit code 2)."""


class TrainingDivergedError(SpinnError):
    """A loss or a weight became NaN or infinite; earlier stages are kept."""


class CorruptArtifactError(BadInputError):
    """A stored file is not what it should be: truncated, changed, or of another kind."""
