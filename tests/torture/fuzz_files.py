"""Files of a log as they should be, and every way in which a seed damages them."""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contract import Type
from tests.support.ingest_community import DAY

if TYPE_CHECKING:
    from pipelines.contract import Column, Log

ENDINGS = ("csv", "jsonl", "csv.gz", "jsonl.zst", "parquet")
TOKENS = (
    b"", b"\0", b'"', b'""', b"'", b",", b"\n", b"\r\n", b"\r", b"\\", b"\\u0000", b"\\ud800", b"\xef\xbb\xbf",
    b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\xf0\x9f\xa6\x8a", b"null", b"NULL", b"NaN",
    b"-Infinity", b"1e400", b"-0", b"9223372036854775808", b"0" * 400, b"0x1F", b"2025-02-30",
    b"2024-03-05T25:00:00", b"0001-01-01", b"9999-12-31T23:59:59Z", b"2024-03-05 09:00:00+99:99", b"{}", b"[]",
    b"{", b"}", b"[" * 3000, b'{"a":' * 500, b"a" * 70_000, b"\x1f\x8b\x08\x00", b"PAR1", b"\x28\xb5\x2f\xfd",
    b"<html>", b"=cmd|'/c calc'!A1", b" ", b"\t", b";", b"|", b"true", b"delete", b"upsert",
)  # fmt: skip
ENCODINGS = ("utf-16", "utf-16-le", "gbk", "latin-1", "utf-8-sig", "utf-32")
ODD_TYPES = (
    pa.int8(), pa.uint64(), pa.float32(), pa.bool_(), pa.binary(), pa.large_string(), pa.date32(),
    pa.timestamp("ns", "Asia/Tokyo"), pa.timestamp("s"), pa.time64("us"), pa.decimal128(38, 10), pa.duration("ms"),
    pa.list_(pa.string()), pa.null(), pa.struct([("a", pa.int64())]), pa.map_(pa.string(), pa.int32()),
    pa.dictionary(pa.int8(), pa.string()),
)  # fmt: skip
WHOLE = {
    "feedback": {"score": "4", "scale": "csat5"},
    "subscriptions": {"term_start": str(DAY), "term_end": str(DAY + timedelta(days=30))},
}
"""What columns of one row must say together."""
MOST_ROWS = 10_000
"""Rows of a table that was repeated: thirty times again and again are more than any disk holds."""
LONGEST = 400_000
"""Bytes of a file, before it is packed; damage that doubles ends there."""


@dataclass(frozen=True)
class File:
    """A file before it is packed.

    Attributes:
        ending: that of its name.
        body: what is in it.
        packed: what is done to its bytes after packing: seeds of single damages.
    """

    ending: str
    body: bytes
    packed: tuple[int, ...] = ()

    def name(self, number: int) -> str:
        """Return the name that it is delivered under."""
        return f"m{number:03}.{self.ending}"

    def stored(self) -> bytes:
        """Return its bytes as they lie on disk."""
        stored = self.body
        if self.ending.endswith(".gz"):
            stored = gzip.compress(stored, compresslevel=1, mtime=0)
        elif self.ending.endswith(".zst"):
            stored = bytes(pa.Codec("zstd").compress(stored))
        for seed in self.packed:
            stored = bytes_damaged(stored, Random(seed))
        return stored

    def counted(self) -> int | None:
        """Return the records in it, counted by other means than the product's; None where only a reader can tell."""
        if self.packed:
            return None
        if self.ending == "parquet":
            return pq.ParquetFile(io.BytesIO(self.body)).metadata.num_rows
        lines = sum(bool(line.strip(b" \t\r")) for line in self.body.removeprefix(b"\xef\xbb\xbf").split(b"\n"))
        if self.ending.startswith("jsonl"):
            return lines
        return None if b'"' in self.body or b"\r" in self.body.replace(b"\r\n", b"") else max(lines - 1, 0)


def whole(log: Log, rng: Random, ending: str, *, only_required: bool = False) -> File:
    """Return a file of a log that is as it should be."""
    more = 0 if only_required else 0.4
    rows = [_row(log, rng, number, more) for number in range(rng.randint(1, 12))]
    if only_required:
        rows = [row | WHOLE.get(log.name, {}) for row in rows]
    names = [column.name for column in log.own_columns if any(column.name in row for row in rows)]
    if ending == "parquet":
        return File(ending, _parquet(pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})))
    if ending.startswith("jsonl"):
        ascii_ = rng.random() < 0.5
        return File(ending, "".join(json.dumps(row, ensure_ascii=ascii_) + "\n" for row in rows).encode())
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, lineterminator=rng.choice(["\n", "\r\n"]))
    writer.writeheader()
    writer.writerows(rows)
    return File(ending, text.getvalue().encode())


def damaged(file: File, rng: Random) -> File:
    """Return a file with one to four damages more."""
    for _ in range(rng.randint(1, 4)):
        if file.ending == "parquet" and rng.random() < 0.6:
            file = replace(file, body=_table_damaged(file.body, rng))
        elif file.ending == "parquet" or (file.ending not in ("csv", "jsonl") and rng.random() < 0.4):
            file = replace(file, packed=(*file.packed, rng.getrandbits(32)))
        else:
            file = replace(file, body=bytes_damaged(file.body, rng)[:LONGEST])
    return file


def _row(log: Log, rng: Random, number: int, share: float) -> dict[str, Any]:
    required = [one for one in log.columns if one.required or one.name in log.key]
    more = [one for one in log.own_columns if one not in required and rng.random() < share]
    return {column.name: _value(column, rng, number) for column in (*required, *more)}


def _value(column: Column, rng: Random, number: int) -> str:
    if column.kinds:
        return rng.choice(column.kinds)
    moment = DAY - timedelta(days=rng.randint(0, 30))
    texts = {
        Type.ID: f"{column.name}-{number}",
        Type.TEXT: rng.choice(["a text", "中文，标题", 'said "so"', "a\nb", "x,y", "🦊"]),
        Type.TIME: f"{moment}T{rng.randint(0, 23):02}:15:00",
        Type.DAY: str(moment),
        Type.INTEGER: str(rng.randint(1, 100)),
        Type.NUMBER: f"{rng.random():.3f}",
        Type.CURRENCY: "CNY",
    }
    return texts[column.type]


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def bytes_damaged(body: bytes, rng: Random) -> bytes:
    start, length = rng.randint(0, len(body)), rng.choice([1, 1, 2, 8, 40, 300])
    end = min(start + length, len(body))
    ways = (
        lambda: (
            body[:start] + bytes([body[start] ^ 1 << rng.randrange(8)]) + body[start + 1 :]
            if start < len(body)
            else body
        ),
        lambda: body[:start] + bytes([rng.randrange(256)]) + body[start:],
        lambda: body[:start] + body[end:],
        lambda: body[:end] + body[start:],
        lambda: body[:start] + rng.choice(TOKENS) + body[start:],
        lambda: body[:start] + rng.choice(TOKENS) + body[end:],
        lambda: body[:start],
        lambda: body + body,
        lambda: body[:start] + bytes(end - start) + body[end:],
        lambda: _lines_damaged(body, rng),
        lambda: _recoded(body, rng),
    )
    return rng.choice(ways)()


def _lines_damaged(body: bytes, rng: Random) -> bytes:
    lines = body.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    ways = (
        lambda: [*lines[:one], lines[other], *lines[one:]],
        lambda: lines[:one] + lines[one + 1 :],
        lambda: sorted(lines),
        lambda: [line.replace(b",", rng.choice([b";", b"\t", b",,", b" , "])) for line in lines],
        lambda: [*lines[:one], lines[one] * rng.choice([2, 50]), *lines[one + 1 :]],
        lambda: [*lines[:one], lines[one] + rng.choice(TOKENS), *lines[one + 1 :]],
        lambda: lines * rng.choice([2, 20]),
    )
    return rng.choice([b"\n", b"\n", b"\n", b"\r\n", b"\r"]).join(rng.choice(ways)())


def _recoded(body: bytes, rng: Random) -> bytes:
    return body.decode("utf-8", "replace").encode(rng.choice(ENCODINGS), "replace")


def _table_damaged(body: bytes, rng: Random) -> bytes:
    """Damage what a Parquet file says, not its bytes; where its values cannot be cast so, it stays as it is."""
    table = pq.ParquetFile(io.BytesIO(body)).read()
    if not table.column_names:
        return body
    try:
        at = rng.randrange(table.num_columns)
        name = table.column_names[at]
        odd = rng.choice(ODD_TYPES)
        ways = (
            lambda: table.set_column(at, name, pa.nulls(len(table), odd)),
            lambda: table.set_column(at, name, table.column(at).cast(odd)),
            lambda: table.append_column(name, table.column(at)),
            lambda: table.append_column(
                rng.choice(["", "extra", "中", name.upper(), "a" * 300]), pa.nulls(len(table), odd)
            ),
            lambda: table.remove_column(at),
            lambda: table.slice(0, 0),
            lambda: pa.concat_tables([table] * rng.choice([2, 30])).slice(0, MOST_ROWS),
            lambda: table.set_column(at, name, pa.array([rng.choice(TOKENS).decode("latin-1")] * len(table))),
        )
        return _parquet(rng.choice(ways)())
    except (pa.ArrowException, KeyError):
        return body
