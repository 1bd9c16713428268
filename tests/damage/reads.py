"""Damages of a file's bytes: how it was packed, copied and filled up, and what is too large to be an honest file."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field, replace

import pyarrow as pa

from .files import DOCUMENT, GOOD, HEADER, LINE, LONG, ROWS, TIMES, FileDamage, cut, fine, parquet, rejected


@dataclass(frozen=True, kw_only=True)
class ReadDamage(FileDamage):
    """A damage of one file under settings of its own: a limit is set low, so that the file may be small."""

    limits: dict[str, float] = field(default_factory=dict)


def beyond(damage: FileDamage, **limits: float) -> ReadDamage:
    """Return a damage that is beyond limits."""
    example = ", ".join(f"`GUILDBOOK_{name.upper()}` = {value}" for name, value in limits.items())
    return ReadDamage(**{**vars(damage), "example": f"{damage.name}, {example}", "limits": limits})


def shown_as(example: str, damage: FileDamage) -> FileDamage:
    """Return a damage whose example is said in words, where its bytes say nothing to a reader."""
    return replace(damage, example=f"{damage.name}: {example}")


PACKED = gzip.compress(GOOD.encode())
ZST = bytes(pa.Codec("zstd").compress(GOOD.encode()))
BROKEN_GZ = bytearray(gzip.compress(LONG.encode()))
BROKEN_GZ[len(BROKEN_GZ) // 2] ^= 0xFF
PAGES = parquet(interaction_id=[str(n) for n in range(3_000)], occurred_at=TIMES * 1_500, kind=["like"] * 3_000)

PACKING = [
    shown_as("two gz files, one behind the other", fine("gz of several members", "march.csv.gz",
             gzip.compress(HEADER.encode()) + gzip.compress(ROWS.encode()))),
    shown_as("two zst files, one behind the other", fine("zst of several frames", "march.csv.zst", ZST +
             bytes(pa.Codec("zstd").compress(ROWS.encode())), good=4)),
    rejected("other bytes behind a gz", "march.csv.gz", PACKED + b"-- end of part 1 --", "cannot be decompressed"),
    rejected("gz filled up with zeros", "march.csv.gz", PACKED + bytes(512), "cannot be decompressed"),
    rejected("other bytes behind a zst", "march.csv.zst", ZST + b"-- end of part 1 --", "cannot be decompressed"),
    rejected("packed twice", "march.csv.gz", gzip.compress(PACKED), "what is in it is compressed: unpack it"),
    rejected("gz named CSV", "march.csv", PACKED, "what is in it is compressed: unpack it, or let its name end in .gz"),
    rejected("zst named JSON", "march.jsonl", ZST, "what is in it is compressed: unpack it"),
    rejected("gz damaged in the middle", "march.csv.gz", bytes(BROKEN_GZ), "cannot be decompressed"),
    rejected("zst named gz", "march.csv.gz", ZST, "cannot be decompressed"),
    rejected("gz of nothing", "march.csv.gz", gzip.compress(b""), "there is no header"),
    rejected("gz of Excel's Unicode text", "march.csv.gz", gzip.compress(GOOD.encode("utf-16")), "UTF-16 or UTF-32"),
    shown_as("70 MB of line feeds in 70 kB", rejected("gz that is a bomb", "march.jsonl.gz",
             gzip.compress(b"\n" * 1_000_000) * 70, "times its size and more: GUILDBOOK_MAX_UNPACK_RATIO allows 250")),
    rejected("database named CSV", "march.csv", b"SQLite format 3\0" + bytes(84) + b"\xff" * 40, "there is no header"),
    rejected("Arrow file named Parquet", "march.parquet", b"ARROW1\0\0" + bytes(64), "no readable Parquet file"),
    rejected("encrypted Parquet", "march.parquet", PAGES[:-4] + b"PARE", "no readable Parquet file"),
    rejected("Parquet whose end claims more than the file", "march.parquet", PAGES[:-8] + b"\xff\xff\xff\x7fPAR1",
             "no readable Parquet file"),
    shown_as("300 bytes of its pages are zeros", rejected("Parquet damaged inside", "march.parquet",
             PAGES[:200] + bytes(300) + PAGES[500:], "cannot be read")),
]  # fmt: skip

BYTES = [
    shown_as("space was kept free, and nothing written", rejected("nothing but NUL bytes", "march.csv", bytes(4_096),
             "it was not written to its end")),
    shown_as("a block of NUL bytes behind the rows", cut("NUL bytes after a crash", "march.csv",
             GOOD.encode() + bytes(4_096), "1 fields where the header has 5", good=2)),
    cut("NUL byte on a line of JSON", "march.jsonl", LINE + "\0\n" + LINE, "no valid JSON", good=2),
    cut("sign of DOS for the end of a file", "march.csv", GOOD + "\x1a", "1 fields where the header has 5", good=2),
    cut("control character as a line of JSON", "march.jsonl", LINE + "\x01\n" + LINE, "no valid JSON", good=2),
    cut("control characters as the last lines of JSON", "march.jsonl", LINE + "\x01\n\x01\x01\n", "no valid JSON",
        good=1, bad=2),
    cut("white space that is no blank", "march.jsonl", LINE + "\x0b\n\xa0\n" + LINE, "no valid JSON", good=2, bad=2),
    cut("line separator of Unicode between objects", "march.jsonl", LINE + LINE.strip() + "\u2028" + LINE,
        "no valid JSON", good=1),
    fine("line separator of Unicode in a text", "march.jsonl", LINE + LINE.replace("}", ', "channel": "a\u2028b"}')),
    cut("files with a mark put together", "march.csv", "\ufeff" + GOOD + "\ufeff" + GOOD, "nobody sees: U+FEFF",
        good=4),
    cut("mark before each line of JSON", "march.jsonl", ("\ufeff" + LINE) * 3, "no valid JSON", good=1, bad=2),
    fine("mark before JSON", "march.jsonl", "\ufeff" + LINE, good=1),
    shown_as("rows of UTF-16 behind rows of UTF-8", cut("encodings in turn", "march.csv",
             GOOD.encode() + "3,2024-03-05,like,m3,chat\n".encode("utf-16-le"), "nobody sees: U+0000", good=2,
             bad=2)),
    cut("quotes of Windows-1252", "march.csv", GOOD.encode() + b"3,2024-03-05,like,m3,\x93chat\x94\n",
        "not UTF-8 at byte", good=2),
    cut("half of a pair of UTF-16 in UTF-8", "march.csv", GOOD.encode() + b"3,2024-03-05,like,\xed\xa0\x80,chat\n",
        "not UTF-8 at byte", good=2),
    cut("sign cut in half at the end", "march.csv", GOOD.encode() + "3,2024-03-05,like,m3,频".encode()[:-1],
        "not UTF-8 at byte", good=2),
    fine("ends of lines of two systems", "march.csv", HEADER.replace("\n", "\r\n") + ROWS),
    fine("ends of lines doubled by a transfer", "march.csv", GOOD.replace("\n", "\r\r\n")),
    rejected("JSON in lines of an old Mac", "march.jsonl", (LINE * 2).replace("\n", "\r"), "carriage return alone"),
    cut("remark between rows", "march.csv", GOOD + "# page 2\n" + ROWS, "1 fields where the header has 5", good=4),
    cut("quote open at the end of the file", "march.csv", GOOD + '3,2024-03-05,like,m3,"chat', "not closed", good=2),
    cut("one quote behind the rows", "march.csv", GOOD + '"', "not closed", good=2),
    fine("blank before each quote", "march.csv", HEADER + '1, "2024-03-05", "like", "m1", "a ""b"", c"\n', good=1),
    fine("quote inside a text without quotes", "march.csv", HEADER + '1,2024-03-05,like,m1,5" disk\n', good=1),
]  # fmt: skip

DEEP = json.dumps({**DOCUMENT, "x": [[[["a"]]]]}) + "\n"
WIDE = json.dumps({**DOCUMENT, "x": 1, "y": 2}) + "\n"
LISTS = parquet(interaction_id=["1"], occurred_at=TIMES[:1], kind=["like"], x=[list(range(50))])

LIMITS = [
    beyond(rejected("more columns than are read", "march.csv", GOOD, "5 columns: GUILDBOOK_MAX_COLUMNS allows 4"),
           max_columns=4),
    beyond(cut("more keys of JSON than are read", "march.jsonl", LINE + WIDE, "6 keys: GUILDBOOK_MAX_COLUMNS", good=1),
           max_columns=5),
    beyond(cut("JSON nested deeper than is read", "march.jsonl", LINE + DEEP, "5 levels deep: GUILDBOOK_MAX_NESTING",
               good=1), max_nesting=3),
    beyond(cut("line longer than is read", "march.csv", f"{GOOD}3,2024-03-05,like,m3,{'x' * 2_000}\n",
               "bytes: GUILDBOOK_MAX_LINE_BYTES allows 1,000", good=2), max_line_bytes=1_000),
    beyond(cut("line of JSON longer than is read", "march.jsonl", LINE + LINE.replace("m1", "x" * 2_000),
               "bytes: GUILDBOOK_MAX_LINE_BYTES allows 1,000", good=1), max_line_bytes=1_000),
    beyond(rejected("header longer than is read", "march.csv", "x" * 1_100_000, "GUILDBOOK_MAX_LINE_BYTES allows"),
           max_line_bytes=1_000),
    beyond(rejected("more rows than are read", "march.csv", LONG, "20,000 records: GUILDBOOK_MAX_FILE_ROWS"),
           max_file_rows=19_999),
    beyond(rejected("gz larger than is unpacked", "march.csv.gz", gzip.compress(LONG.encode() * 4),
                    "GB and more: GUILDBOOK_MAX_UNPACKED_GB allows 0.001"), max_unpacked_gb=0.001),
    beyond(rejected("Parquet of more columns than are read", "march.parquet", PAGES, "3 columns: GUILDBOOK_MAX_COL"),
           max_columns=2),
    beyond(rejected("Parquet of more rows than are read", "march.parquet", PAGES, "3,000 rows: GUILDBOOK_MAX_FILE"),
           max_file_rows=2_999),
    beyond(rejected("Parquet list of more values than are read", "march.parquet", LISTS,
                    "50 values in 1 rows: GUILDBOOK_MAX_COLUMNS allows 40"), max_columns=40),
    beyond(rejected("Parquet value longer than is read", "march.parquet", parquet(interaction_id=["x" * 5_000],
                    occurred_at=TIMES[:1], kind=["like"]), "a value has 5,000 bytes: GUILDBOOK_MAX_LINE_BYTES"),
           max_line_bytes=1_000),
]  # fmt: skip

DAMAGES = [*PACKING, *BYTES, *LIMITS]
