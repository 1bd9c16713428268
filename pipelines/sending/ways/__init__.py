"""Ways to targets, one file each: what sends a letter, and what went wrong in a line that says what to do."""

from __future__ import annotations

from typing import Protocol

from pipelines.sending.message import Letter


class NotSentError(Exception):
    """A letter did not go out, or nobody knows whether it did.

    Args:
        reason: what went wrong and what to do, without any secret.
        again: whether trying again may help.
        may_have_come: whether it may have come all the same.
        wait: seconds that the other side asks to wait.
    """

    def __init__(
        self, reason: str, *, again: bool = False, may_have_come: bool = False, wait: float | None = None
    ) -> None:
        """Keep what is known."""
        super().__init__(reason)
        self.again = again
        self.may_have_come = may_have_come
        self.wait = wait


class Way(Protocol):
    """Sends letters to one target."""

    @property
    def knows_again(self) -> bool:
        """Whether the other side knows a letter again by its key, so that one that may have come can be sent again."""
        ...

    def send(self, letter: Letter) -> str:
        """Send a letter and return what the other side calls it, if it says.

        Raises:
            NotSentError: It did not go out, or nobody knows.
        """
        ...
