"""A workbook: a sheet for each table, within what a sheet holds, and no text that is run as a formula."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from openpyxl import Workbook as Book
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils.exceptions import WorkbookAlreadySaved

from pipelines.spreadsheets import plain_cell

SHEET_ROWS = 1_048_576
"""Rows of a sheet, its head among them."""

_CELL = 32_767
"""Characters of a cell."""

_NAME = 31
"""Characters of a sheet's name."""

_EXACT = 10**15
"""Whole numbers from here on lose digits in a spreadsheet, so they are written as text."""


class Workbook:
    """Sheets written row by row; nothing is on disk before ``save``."""

    def __init__(self, said: Mapping[str, str]) -> None:
        """Begin with what the workbook says of itself."""
        self._book = Book(write_only=True)
        self._book.properties.title = "Guildbook, " + ", ".join(f"{key} {value}" for key, value in said.items())
        self.cut: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Use as a context manager."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the sheets of a workbook that was not saved."""
        for sheet in self._book.worksheets:
            with suppress(WorkbookAlreadySaved):
                sheet.close()

    def sheet(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
        """Write a sheet and return its rows, the head not counted."""
        sheet = self._book.create_sheet(name[:_NAME])
        sheet.freeze_panes = "A2"
        head = []
        for column in columns:
            cell = WriteOnlyCell(sheet, value=str(plain_cell(column)))
            cell.font = Font(bold=True)
            head.append(cell)
        sheet.append(head)
        n_rows = 0
        for row in rows:
            sheet.append([self._cell(value, name) for value in row])
            n_rows += 1
        return n_rows

    def save(self, path: Path) -> None:
        """Write the file."""
        self._book.save(path)

    def _cell(self, value: object, sheet: str) -> object:
        """A value as a cell holds it: numbers, days and times as they are, times in UTC, all else as plain text."""
        match value:
            case None | bool() | Decimal():
                return value
            case int():
                return value if abs(value) < _EXACT else str(value)
            case float():
                return value if math.isfinite(value) else None
            case datetime():
                return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
            case date() | time():
                return value
        text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", str(value))
        plain = str(plain_cell(text))
        if len(plain) > _CELL:
            self.cut[sheet] = self.cut.get(sheet, 0) + 1
            plain = plain[: _CELL - 1] + "…"
        return plain
