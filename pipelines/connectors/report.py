"""What an import says when it is done, and the one error it raises when it cannot be done.

No reading or writing happens here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from pipelines.faults import UserError

OnStep = Callable[[str, int, int], None]
"""Hears how far an import is: the stage at work (``read``, ``write``, ``place``), its pieces that are done, and all."""


def unheard(stage: str, done: int, of: int) -> None:
    """Let nobody hear it."""


class ConnectorError(UserError):
    """The import cannot be done; the message names the file or key and what to do. Landing is as it was."""


@dataclass(frozen=True)
class NotMapped:
    """Rows of one file that were not written, or written without a part, for one reason.

    Attributes:
        file: File of the source, by name.
        reason: Why, naming the column or kind.
        count: Rows concerned; 0 where the file was not read at all.
        example: The first such row, such as ``Id 17`` or ``row 4``; empty where there is none.
        output: What they did not become: a log, with its output where several make it of one table; empty where the
            rows become nothing.
    """

    file: str
    reason: str
    count: int
    example: str
    output: str = ""


@dataclass(frozen=True)
class ImportReport:
    """The account of one import.

    Attributes:
        source: Name of the source; the landing files are called ``<source>.csv``.
        rows_read: Rows read per file of the source.
        rows_written: Rows written per log.
        not_mapped: Everything that was left out, and why.
        first_day: First log day that holds rows of this import; None where nothing was written.
        last_day: Last such log day.
        files_changed: Landing files that are new or differ from the last import.
        files_unchanged: Landing files that were identical and left alone.
        files_removed: Landing files of an earlier import that have no rows any more.
        settings: Settings, by their field's name, that the rows need to be counted right.
    """

    source: str
    rows_read: dict[str, int]
    rows_written: dict[str, int]
    not_mapped: tuple[NotMapped, ...]
    first_day: date | None
    last_day: date | None
    files_changed: int
    files_unchanged: int
    files_removed: int
    settings: dict[str, bool] = field(default_factory=dict)
