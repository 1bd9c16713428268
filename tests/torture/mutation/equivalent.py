"""Changes that no rows the logs allow can tell from the text as it is, each with its reason. They count as neither."""

from __future__ import annotations

from tests.torture.mutation.mutant import Mutant

EQUIVALENT: tuple[tuple[str, str, str, str], ...] = ()
"""File, line as it is written, change, and why nothing can notice it."""


def is_equivalent(one: Mutant) -> bool:
    """Return whether a mutant is listed."""
    return any(
        one.path.endswith(path) and one.before == line and one.change == change for path, line, change, _ in EQUIVALENT
    )
