"""A table's text as its export wrote it, made plain: UTF-8, the table alone, the names in its header.

Exports for people come in other encodings, with lines about the export before the table and totals after it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa

from pipelines.connectors.mapping_table import Table
from pipelines.connectors.report import ConnectorError
from pipelines.reading.blocks import Rejected, blocks
from pipelines.reading.lines import Line, read_lines
from pipelines.settings.limits import LimitSettings, beyond

_PEEKED = 1 << 18
"""Bytes in which a header is looked for where that alone is asked."""


@dataclass(frozen=True)
class Text:
    """A text file that a CSV reader can read: the export itself, or what was made of it.

    Attributes:
        path: The file.
        compression: Of the file.
        before: Lines before the header; empty ones, so that every line has the number that it has in the export.
    """

    path: Path
    compression: str | None
    before: int = 0


def compression_of(path: Path) -> str | None:
    """Return how a CSV file is compressed.

    Raises:
        ConnectorError: It is no CSV file by its name.
    """
    if ending := re.search(r"\.csv(\.gz|\.zst)?$", path.name, re.IGNORECASE):
        return {".gz": "gzip", ".zst": "zstd"}.get((ending[1] or "").lower())
    raise ConnectorError(f"{path.name}: a table is .csv, .csv.gz, .csv.zst or .parquet")


def plain_text(path: Path, table: Table, folder: Path, limits: LimitSettings) -> Text:
    """Return the text of a table in UTF-8 without what surrounds it; a file that has to be made goes into ``folder``.

    Raises:
        ConnectorError: It is in none of the encodings that the mapping names, or has no such header.
    """
    text = Text(path, compression_of(path))
    if table.is_plain:
        return text
    made = folder / f"table-{sum(1 for _ in folder.glob('table-*.csv'))}.csv"
    decoded = made.with_suffix(".decoded")
    try:
        _decode(text, table, decoded, limits)
        with made.open("wb") as file:
            before = _write_table(file, path.name, table, read_lines(decoded, None, limits), limits)
    except Rejected as reason:
        raise ConnectorError(f"{path.name} {reason}") from reason
    decoded.unlink()
    return Text(made, None, before)


def names_of(text: Text, table: Table, file: str) -> list[str]:
    """Return the column names of the table of ``file``, all different.

    Raises:
        ConnectorError: There is no header, it cannot be read, or names a column twice.
    """
    place = f"{file}, line {text.before + 1}"
    try:
        with pa.input_stream(str(text.path), compression=text.compression) as stream:
            lines = io.TextIOWrapper(stream, "utf-8-sig", newline="")
            names = _names(islice(lines, text.before, None), table)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConnectorError(f"{place}: cannot be read as UTF-8 CSV ({error}); export it again") from error
    if not any(names):
        raise ConnectorError(f"{place}: no header; the first line must name the columns")
    if twice := next((name for number, name in enumerate(names) if name and name in names[:number]), None):
        raise ConnectorError(f"{place}: column {twice!r} occurs twice; rename one")
    return [name or f"column {number}" for number, name in enumerate(names, 1)]


def peeked_names(path: Path, table: Table) -> list[str]:
    """Return the names in the header of a file as far as it can be read as ``table``; none where it cannot."""
    try:
        with pa.input_stream(str(path), compression=compression_of(path)) as stream:
            start = stream.read(_PEEKED)
    except (OSError, pa.ArrowException):
        return []
    for encoding in table.encoding:
        try:
            text = _decoder(encoding).decode(start)
            lines = io.StringIO(text, newline="")
            return _names((line for line in lines if _begins(line, table.header, table)), table)
        except (UnicodeDecodeError, csv.Error):
            continue
    return []


def _names(lines: Iterable[str], table: Table) -> list[str]:
    return [_bare(name, table) for name in next(csv.reader(lines, delimiter=table.delimiter), [])]


def _bare(text: str, table: Table) -> str:
    """Return a name, or the start of a line, without what may surround it."""
    return text.strip(f"{table.strip} \t\r\n")


def _begins(line: str, start: str | None, table: Table) -> bool:
    return start is None or _bare(line, table).startswith(start)


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder("utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding)()


def _decode(text: Text, table: Table, to: Path, limits: LimitSettings) -> None:
    """Write a text in UTF-8 to a file.

    Raises:
        ConnectorError: It is in none of the encodings named; tells where it stops being each.
    """
    failures = []
    for encoding in table.encoding:
        decoder = _decoder(encoding)
        n_lines = 0
        with to.open("wb") as file:
            try:
                for block in blocks(text.path, text.compression, limits):
                    part = decoder.decode(block)
                    n_lines += part.count("\n")
                    file.write(part.encode())
                file.write(decoder.decode(b"", final=True).encode())
            except UnicodeDecodeError as error:
                line = n_lines + bytes(error.object[: error.start]).count(b"\n") + 1
                wrong = bytes(error.object[error.start : error.end]).hex(" ")
                failures.append(f"line {line} is no text in {encoding} (bytes {wrong})")
            else:
                return
    cure = "export it again, or name its encoding in the mapping, as encoding: gb18030"
    raise ConnectorError(f"{text.path.name}: {'; '.join(failures)}; {cure}")


def _write_table(file: io.BufferedWriter, name: str, table: Table, lines: Iterator[Line], limits: LimitSettings) -> int:
    """Write the lines of the table alone; return how many stand before its header.

    Raises:
        ConnectorError: There is no such header, or a line is too long.
    """
    before, is_found, is_quoted = 0, False, False
    for line in lines:
        if line.sha256 is not None:
            found = f"{name} has {line.size:,} bytes in a line"
            raise ConnectorError(beyond(limits, "max_line_bytes", found, "divide the table, or raise that setting"))
        text = line.data.decode()
        if not is_found and not _begins(text, table.header, table):
            before += 1
            file.write(b"\n")
            continue
        if is_found and not is_quoted and any(_begins(text, end, table) for end in table.until):
            break
        is_found = True
        is_quoted ^= line.data.count(b'"') % 2 == 1
        file.write((line.data if is_quoted else line.data.removesuffix(b"\r")) + b"\n")
    if not is_found and table.header is not None:
        raise ConnectorError(
            f"{name}: no line begins with {table.header!r}, as the header should; it is another export, or correct "
            "header in the mapping"
        )
    return before
