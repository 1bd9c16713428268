"""Why an erasure cannot go on."""

from pipelines.faults import UserError


class ErasureError(UserError):
    """An erasure cannot be done or could not be finished; the message says what to do."""
