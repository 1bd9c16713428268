"""Damages of a whole file, and of what lies in the landing folder: how it was exported, saved, packed and named."""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .registry import Damage, Verdict, Where

HEADER = "interaction_id,occurred_at,kind,member_id,channel\n"
ROWS = "1,2024-03-05T08:00:00,like,m1,chat\n2,2024-03-05T09:00:00,view,m2,chat\n"
GOOD = HEADER + ROWS
LONG = HEADER + "".join(f"{n},2024-03-05T08:00:00,like,m{n},chat\n" for n in range(20_000))
DOCUMENT = {"interaction_id": "1", "occurred_at": "2024-03-05T08:00:00", "kind": "like", "member_id": "m1"}
LINE = json.dumps(DOCUMENT) + "\n"


@dataclass(frozen=True, kw_only=True)
class FileDamage(Damage):
    """A damage of one file.

    Attributes:
        name: name of the file; of something in the landing folder its path below it.
        data: what it holds.
        accepted: rows that count nevertheless.
        quarantined: rows that are kept aside.
        found: the finding that it makes, and the name that this is about.
    """

    name: str
    data: bytes
    accepted: int = 0
    quarantined: int = 0
    found: tuple[str, str] = ("", "")


def rejected(kind: str, name: str, data: str | bytes, says: str, log: str = "interactions") -> FileDamage:
    """Return a damage for which a whole file is not read."""
    return _file(kind, name, data, Where.FILE, Verdict.REJECTED, says=says, log=log)


def cut(kind: str, name: str, data: str | bytes, says: str, good: int, bad: int = 1) -> FileDamage:
    """Return a damage for which some rows are kept aside, and the others count."""
    return _file(kind, name, data, Where.FILE, Verdict.QUARANTINED, says=says, accepted=good, quarantined=bad)


def found(kind: str, name: str, data: str | bytes, says: str, finding: tuple[str, str], good: int = 2) -> FileDamage:
    """Return a damage that makes a finding."""
    return _file(kind, name, data, Where.FINDING, Verdict.WARNED, says=says, accepted=good, found=finding)


def fine(kind: str, name: str, data: str | bytes, good: int = 2) -> FileDamage:
    """Return a damage that is read as it was meant."""
    return _file(kind, name, data, Where.FILE, Verdict.READ, accepted=good)


def silent(kind: str, name: str, data: str | bytes, why: str, good: int = 2) -> FileDamage:
    """Return a damage that nothing can notice in the file."""
    return _file(kind, name, data, Where.NOWHERE, Verdict.STAYS, why=why, accepted=good)


def unread(kind: str, path: str, says: str) -> FileDamage:
    """Return a damage for which nothing reads something in the landing folder."""
    return FileDamage(
        log="interactions", kind=kind, example=path, where=Where.FINDING, verdict=Verdict.WARNED, says=says, name=path,
        data=GOOD.encode(),
    )  # fmt: skip


def parquet(**columns: object) -> bytes:
    """Return a Parquet file."""
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def _file(
    kind: str, name: str, data: str | bytes, where: Where, verdict: Verdict, log: str = "interactions", **more: Any
) -> FileDamage:
    example = f"{name}: {different}" if (different := _different(data)) else name
    data = data.encode() if isinstance(data, str) else data
    return FileDamage(kind=kind, log=log, example=example, where=where, verdict=verdict, name=name, data=data, **more)


def _different(data: str | bytes) -> str:
    """Return the start of the first line in which a text differs from a good one."""
    good = (*GOOD.splitlines(keepends=True), LINE)
    lines = [] if isinstance(data, bytes) else data.replace("\r\n", "\n").split("\n")
    line = next((line for line in lines if line.strip() and f"{line}\n" not in good), "")
    return f"{line[:60]}{'…' * (len(line) > 60)}"


TIMES = ["2024-03-05T08:00:00", "2024-03-05T09:00:00"]

TYPES = [
    rejected("workbook", "march.xlsx", b"PK\x03\x04", "save its sheet as CSV in UTF-8"),
    rejected("old workbook", "march.xls", b"\xd0\xcf\x11\xe0", "save its sheet as CSV in UTF-8"),
    rejected("workbook of LibreOffice", "march.ods", b"PK\x03\x04", "save its sheet as CSV in UTF-8"),
    rejected("archive", "march.zip", b"PK\x03\x04", "unpack it"),
    rejected("archive of tar", "march.tar.gz", gzip.compress(b"x"), "unknown file type"),
    rejected("JSON as one array", "march.json", f"[{LINE}]", "deliver JSON as one object a line"),
    rejected("tabs, named so", "march.tsv", GOOD.replace(",", "\t"), "separate them by commas"),
    rejected("page of a browser", "march.html", "<table></table>", "unknown file type"),
    rejected("dump of a database", "march.sql", "insert into t values (1);", "unknown file type"),
    rejected("no ending", "march", GOOD, "unknown file type"),
    rejected("text file", "march.txt", GOOD, "unknown file type"),
    rejected("download that is not finished", "march.csv.crdownload", GOOD, "unknown file type"),
    rejected("copy of a file under a new ending", "march.csv.bak", GOOD, "unknown file type"),
    rejected("encrypted file", "march.csv.gpg", b"\x85\x02\x0c\x03", "unknown file type"),
    rejected("compression that is not read", "march.csv.bz2", b"BZh9", "unknown file type"),
    rejected("workbook named CSV", "march.csv", b"PK\x03\x04\x14\x00\x06\x00" + b"\x00\xff" * 40, "header"),
    rejected("page of a login, saved as CSV", "march.csv", "<!DOCTYPE html>\n<html>sign in</html>\n", "header lacks"),
    rejected("error of an interface, saved as CSV", "march.csv", '{"error": "rate limit"}\n', "the header"),
    rejected("JSON lines named CSV", "march.csv", LINE, "the header"),
    rejected("JSON lines named Parquet", "march.parquet", LINE, "no readable Parquet file"),
    rejected("CSV named gz", "march.csv.gz", GOOD, "cannot be decompressed"),
]  # fmt: skip

WHOLE = [
    rejected("empty file", "march.csv", b"", "the file is empty (0 bytes)"),
    rejected("nothing but blank lines", "march.csv", "\n\n\n", "there is no header"),
    rejected("gz that ends too early", "march.csv.gz", gzip.compress(LONG.encode())[:-20], "cannot be decompressed"),
    rejected("gz with a wrong checksum", "march.csv.gz", gzip.compress(GOOD.encode())[:-8] + bytes(8), "decompressed"),
    rejected("zst that ends too early", "march.csv.zst", bytes(pa.Codec("zstd").compress(LONG.encode()))[:-9],
             "cannot be decompressed"),
    rejected("Parquet without its end", "march.parquet", parquet(interaction_id=["1"])[:-9], "no readable Parquet"),
    rejected("pointer of a large-file store", "march.parquet", "version https://git-lfs.github.com/spec/v1\n",
             "no readable Parquet file"),
    rejected("Excel's Unicode text", "march.csv", GOOD.encode("utf-16"), "UTF-16 or UTF-32; save it as UTF-8"),
    rejected("UTF-16 without a mark", "march.csv", GOOD.encode("utf-16-le"), "UTF-16 or UTF-32; save it as UTF-8"),
    rejected("UTF-32", "march.csv", GOOD.encode("utf-32"), "UTF-16 or UTF-32; save it as UTF-8"),
    rejected("header in GBK", "march.csv", "编号,时间,类型\n".encode("gbk") + ROWS.encode(), "in UTF-8"),
    rejected("lines of an old Mac", "march.csv", GOOD.replace("\n", "\r"), "end in a carriage return alone"),
    cut("JSON on several lines", "march.jsonl", json.dumps(DOCUMENT, indent=1), "no valid JSON", good=0, bad=6),
    cut("array of JSON, one object a line", "march.jsonl", f"[\n{LINE}]\n", "valid JSON", good=1, bad=2),
    cut("last line cut off", "march.csv", GOOD + "3,2024-03-05T10:", "2 fields where the header has 5", good=2),
    cut("last line of JSON cut off", "march.jsonl", LINE + LINE[:40], "no valid JSON", good=1),
    cut("rows in Latin-1", "march.csv", GOOD.encode() + "3,2024-03-05,like,Jörg,chat\n".encode("latin-1"),
        "not UTF-8 at byte", good=2),
    cut("rows in GBK", "march.csv", GOOD.encode() + "3,2024-03-05,like,小明,chat\n".encode("gbk"),
        "not UTF-8 at byte", good=2),
    cut("bytes of another file in the middle", "march.csv", GOOD.encode() + b"\xff\xfe\x00,,,,\n" + ROWS.encode(),
        "not UTF-8", good=4),
    fine("mark of a byte order", "march.csv", "\ufeff" + GOOD),
    fine("lines of Windows", "march.csv", GOOD.replace("\n", "\r\n")),
    fine("no end of the last line", "march.csv", GOOD.rstrip("\n")),
    fine("blank lines", "march.csv", GOOD.replace("\n", "\n\n")),
    fine("ending in capitals", "MARCH.CSV", GOOD),
    fine("blanks and signs in a file's name", "März 2024 (1) [neu]'s.csv", GOOD),
    silent("file cut off after a whole line", "march.csv", HEADER + ROWS[:35], "the end of a line may be the end of a "
           "file; far fewer rows than usual are noticed of the day", good=1),
    silent("header and no row", "march.csv", HEADER, "a day without rows may be an honest one; that there are usually "
           "some is noticed of the day", good=0),
]  # fmt: skip

SEPARATORS = [
    rejected("semicolons", "march.csv", GOOD.replace(",", ";"), "separated by ';'; separate them by commas"),
    rejected("tabs", "march.csv", GOOD.replace(",", "\t"), "separated by '\\t'; separate them by commas"),
    rejected("bars", "march.csv", GOOD.replace(",", "|"), "separated by '|'; separate them by commas"),
    rejected("Excel's line about separators", "march.csv", "sep=,\n" + GOOD, "the header lacks"),
    cut("comma in a text without quotes", "march.csv", GOOD + "3,2024-03-05,like,m3,chat, general\n",
        "6 fields where the header has 5", good=2),
    cut("row shifted to the right", "march.csv", GOOD + ",3,2024-03-05,like,m3,chat\n", "6 fields where", good=2),
    cut("row shifted to the left", "march.csv", GOOD + "2024-03-05,like,m3,chat,\n", "occurred_at: 'like' is no ISO",
        good=2),
    cut("row with a field too few", "march.csv", GOOD + "3,2024-03-05,like,m3\n", "4 fields where", good=2),
    cut("decimal comma in the middle of a row", "march.csv", "interaction_id,occurred_at,kind,value\n1,2024-03-05,like,"
        "2.5\n2,2024-03-05,like,2,5\n", "5 fields where the header has 4", good=1),
    cut("quote that is never closed", "march.csv", GOOD + '3,2024-03-05,like,m3,"chat\n' + ROWS, "not closed", good=4),
    cut("text behind a closed quote", "march.csv", GOOD + '3,2024-03-05,like,m3,"chat"s\n', "text follows a quote",
        good=2),
    cut("quotes escaped by a backslash", "march.csv", GOOD + r'3,2024-03-05,like,m3,"the \"chat\", all"' + "\n",
        "text follows a quote", good=2),
    cut("carriage return inside a row", "march.csv", GOOD + "3,2024-03-05,like,m3,a\rb\n", "carriage return", good=2),
    fine("every field in quotes", "march.csv", "".join('"' + line.replace(",", '","') + '"\n'
         for line in GOOD.splitlines())),
    fine("line break inside quotes", "march.csv", GOOD + '3,2024-03-05,like,m3,"two\nlines"\n', good=3),
    fine("commas behind the last field", "march.csv", GOOD.replace("\n", ",,\n").replace("channel,,", "channel", 1)),
]  # fmt: skip

HEADERS = [
    rejected("no header", "march.csv", ROWS, "the header lacks interaction_id"),
    rejected("title above the header", "march.csv", "Report of March\n" + GOOD, "the header lacks"),
    rejected("remark above the header", "march.csv", "# exported by a tool\n" + GOOD, "the header lacks"),
    rejected("header in another language", "march.csv", "编号,时间,类型,成员,频道\n" + ROWS, "the header lacks"),
    rejected("header in capitals", "march.csv", HEADER.upper() + ROWS, "your `INTERACTION_ID`?"),
    rejected("names of the platform", "march.csv", "id,timestamp,action,user\n" + ROWS, "your `timestamp`?"),
    rejected("required column left out", "march.csv", "interaction_id,occurred_at\n1,2024-03-05\n", "lacks kind"),
    rejected("column twice", "march.csv", HEADER.replace("channel", "kind") + ROWS, "'kind' more than once"),
    rejected("quote in the header that is never closed", "march.csv", '"' + GOOD, "the header"),
    rejected("log of payments among interactions", "march.csv", "payment_id,member_id,occurred_at,amount_minor\n",
             "the header lacks interaction_id, kind"),
    rejected("log of interactions among members", "march.csv", GOOD, "the header lacks", log="members"),
    rejected("Parquet without a required column", "march.parquet", parquet(interaction_id=["1"], kind=["like"]),
             "the header lacks occurred_at"),
    found("optional column misspelt", "march.csv", GOOD.replace("member_id", "user_id"), "did you mean member_id",
          ("misspelt_column", "user_id")),
    found("column that nobody asked for", "march.csv", GOOD.replace("channel", "mood"), "is not in the contract",
          ("unknown_column", "mood")),
    found("column with a NUL in its name", "march.csv", GOOD.replace("channel", "chan\0nel", 1),
          r"column `chan\x00nel` is not in the contract: did you mean channel?", ("misspelt_column", r"chan\x00nel")),
    found("numbers of rows without a name", "march.csv", "".join(f"{n or ''},{line}\n" for n, line in
          enumerate(GOOD.splitlines())), "is not in the contract", ("unknown_column", "")),
    cut("header once more in the middle", "march.csv", GOOD + HEADER + ROWS, "'occurred_at' is no ISO 8601", good=4),
    cut("two files put together, columns in another order", "march.csv", GOOD + "kind,member_id,interaction_id,"
        "occurred_at,channel\nlike,m3,3,2024-03-05,chat\n", "is no ISO 8601 time", good=2, bad=2),
    fine("columns in another order", "march.csv", "kind,interaction_id,occurred_at\nlike,1,2024-03-05\n", good=1),
    fine("blanks around the names of columns", "march.csv", HEADER.replace(",", " , ") + ROWS),
]  # fmt: skip

SHEETS = [
    cut("line of totals", "march.csv", GOOD + "Total,,,,2\n", "occurred_at: required, but empty", good=2),
    cut("line of dashes", "march.csv", GOOD.replace("\n", "\n-----,-----,-----,-----,-----\n", 1),
        "'-----' is no ISO 8601 time", good=2),
    cut("remark below the rows", "march.csv", GOOD + "(2 rows)\n", "1 fields where the header has 5", good=2),
    cut("line of commas", "march.csv", GOOD + ",,,,\n", "interaction_id: required, but empty", good=2),
    cut("units below the header", "march.csv", GOOD.replace("\n", "\ntext,ISO 8601,text,text,text\n", 1),
        "'ISO 8601' is no ISO 8601 time", good=2),
    cut("merged cells", "march.csv", GOOD + "3,2024-03-05T08:00:00,,m3,chat\n4,2024-03-05T08:00:00,,m4,chat\n",
        "kind: required, but empty", good=2, bad=2),
    cut("subtotal between the rows", "march.csv", GOOD + "March,,,,\n" + ROWS, "occurred_at: required", good=4),
    silent("rows hidden by a filter left out", "march.csv", HEADER + ROWS[:35],
           "what was never exported is not there; far fewer rows than usual are noticed of the day", good=1),
    silent("column sorted apart from the others", "march.csv", GOOD.replace("m1", "m0").replace("m2", "m1"),
           "every row is still a possible one"),
]  # fmt: skip

DOCUMENTS = [
    cut("object as Python prints it", "march.jsonl", LINE + str(DOCUMENT) + "\n", "no valid JSON", good=1),
    cut("comma behind each line", "march.jsonl", LINE.replace("\n", ",\n"), "no valid JSON", good=0),
    cut("two objects on a line", "march.jsonl", LINE + LINE.strip() + LINE, "no valid JSON", good=1),
    cut("array instead of an object", "march.jsonl", LINE + '["1", "2024-03-05", "like"]\n', "no JSON object", good=1),
    cut("text instead of an object", "march.jsonl", LINE + '"like"\n', "no JSON object", good=1),
    cut("remark between the lines", "march.jsonl", LINE + "// exported\n", "no valid JSON", good=1),
    cut("number that JSON does not know", "march.jsonl", LINE + LINE.replace('"m1"', "NaN"),
        "is how a system writes that there is no value", good=1),
    cut("several kinds in an array", "march.jsonl", LINE + LINE.replace('"like"', '["like", "view"]'),
        "is none of its kinds", good=1),
    cut("several members in an array", "march.jsonl", LINE + LINE.replace('"m1"', '["m1", "m2"]'), "is JSON", good=1),
    cut("member as an object", "march.jsonl", LINE + LINE.replace('"m1"', '{"id": 7}'), "is JSON", good=1),
    cut("fields inside another object", "march.jsonl", LINE + json.dumps({"data": DOCUMENT}) + "\n",
        "interaction_id: required, but empty", good=1),
    cut("time as a number", "march.jsonl", LINE + LINE.replace('"2024-03-05T08:00:00"', "1709600000"),
        "write 2024-03-05T00:53:20Z", good=1),
    fine("comma behind the last key", "march.jsonl", LINE + LINE.replace("}", ",}")),
    fine("null for an empty value", "march.jsonl", LINE + LINE.replace('"m1"', "null")),
    fine("id as a number", "march.jsonl", LINE.replace('"m1"', "7"), good=1),
    fine("letters written as code points", "march.jsonl", LINE.replace("m1", "\\u5c0f\\u660e"), good=1),
    fine("blank lines between objects", "march.jsonl", LINE + "\n \n" + LINE),
    silent("one key twice in an object", "march.jsonl", LINE + LINE.replace("}", ', "kind": "view"}'),
           "JSON allows it; the first of them counts"),
]  # fmt: skip

COLUMNAR = [
    found("columns that differ in capitals alone", "march.parquet",
          parquet(interaction_id=["1", "2"], occurred_at=TIMES, kind=["like"] * 2, Kind=["LIKE"] * 2),
          "column `Kind` is not in the contract", ("unknown_column", "Kind")),
    found("ids that became decimal numbers", "march.parquet",
          parquet(interaction_id=["1", "2"], occurred_at=TIMES, kind=["like"] * 2, member_id=[7.0, 8.0]),
          "made a decimal number: 2 rows", ("decimal_id", "member_id")),
    cut("truth instead of a kind", "march.parquet",
        parquet(interaction_id=["1", "2"], occurred_at=TIMES, kind=[True, True]), "'true' is none of its kinds", good=0,
        bad=2),
    cut("nanoseconds since 1970", "march.parquet",
        parquet(interaction_id=["1"], occurred_at=[1709600000000000000], kind=["like"]), "is no ISO 8601 time", good=0),
    fine("ids as whole numbers", "march.parquet", parquet(interaction_id=[1, 2], occurred_at=TIMES, kind=["like"] * 2)),
    fine("times as times", "march.parquet", parquet(interaction_id=["1", "2"], kind=["like"] * 2,
         occurred_at=pa.array([1709600000, 1709600001], pa.timestamp("s", "UTC")))),
    fine("texts as a dictionary", "march.parquet", parquet(interaction_id=["1", "2"], occurred_at=TIMES,
         kind=pa.array(["like", "like"]).dictionary_encode())),
]  # fmt: skip

FOLDERS = [
    unread("file beside the folders of logs", "march.csv", "a file outside the folder of a log"),
    unread("folder of a log misspelt", "interaction/2024-03-05/march.csv", "rename it to interactions"),
    unread("folder of no log", "tickets/2024-03-05/march.csv", "no log is called that"),
    unread("file beside the folders of days", "interactions/march.csv", "a file outside the folder of a log day"),
    unread("day without dashes", "interactions/20240305/march.csv", "rename it to 2024-03-05"),
    unread("day with points", "interactions/2024.03.05/march.csv", "rename it to 2024-03-05"),
    unread("day of one digit", "interactions/2024-3-5/march.csv", "rename it to 2024-03-05"),
    unread("month instead of a day", "interactions/2024-03/march.csv", "is no day written as YYYY-MM-DD"),
    unread("day that does not exist", "interactions/2024-02-30/march.csv", "is no day written as YYYY-MM-DD"),
    unread("folder inside a day", "interactions/2024-03-05/part/march.csv", "move its files up"),
    unread("day before the first log day", "interactions/2009-03-05/march.csv", "set GUILDBOOK_FIRST_LOG_DAY="),
    unread("report beside the files", "interactions/2024-03-06/readme.txt", "nothing reads files with its ending"),
]

DAMAGES = [*TYPES, *WHOLE, *SEPARATORS, *HEADERS, *SHEETS, *DOCUMENTS, *COLUMNAR, *FOLDERS]
