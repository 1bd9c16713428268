"""No record is lost in silence: every file is counted by itself, and what was read is held against the count."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.ingest import batch, texts
from pipelines.ingest.landing import landing_files
from pipelines.ingest.shape import inspect
from pipelines.reading.counting import BLANKS, Count, Counter, parsed_records
from pipelines.reading.lines import read_lines
from pipelines.settings import Settings
from tests.support.ingest_community import DAY, HEADER, Community

pytestmark = pytest.mark.slow

ROW = "i{},2024-03-05T10:00:00Z,like,m1\n"
ROWS = ROW.format(1) + ROW.format(2)
LONG = "i3,2024-03-05T10:00:00Z,like," + "x" * (33 << 20)


def document(number: int, **values: object) -> str:
    return json.dumps({"interaction_id": f"i{number}", "occurred_at": "2024-03-05", "kind": "like", **values})


ONE, TWO, THREE = document(1), document(2), document(3)

ODD_FILES = [
    pytest.param("a.csv", HEADER + ROWS + LONG, (3, 2), id="a last record of 33 MB"),
    pytest.param("a.csv", HEADER + ROWS + LONG + "\n", (3, 2), id="a last record of 33 MB, its line ended"),
    pytest.param("a.csv.gz", HEADER + ROWS + LONG, (3, 2), id="a last record of 33 MB, compressed"),
    pytest.param("a.jsonl", f"{ONE}\n{TWO}\n{THREE[:-1]}{' ' * (33 << 20)}}}", (3, 2), id="a last document of 33 MB"),
    pytest.param("a.jsonl", f"{ONE}\n\x01\n{TWO}\n", (3, 2), id="a line of the delimiter"),
    pytest.param("a.jsonl", f"{ONE}\n\x01", (2, 1), id="a last line of the delimiter"),
    pytest.param("a.jsonl", f"{ONE}\n\x01\x01\n\n", (2, 1), id="a line of two delimiters"),
    pytest.param("a.jsonl", f"\x01{ONE}\x01\n{TWO}\n", (2, 1), id="a document between delimiters"),
    pytest.param("a.jsonl", f"{ONE}\n   \n\t\n\r\n\n{TWO}\n\n", (2, 2), id="blank lines"),
    pytest.param("a.jsonl", f"{ONE}\n\x0b\n\x0c\n\xa0\n", (4, 1), id="lines of other white space"),
    pytest.param("a.jsonl", f'{ONE}\nnull\n[]\n5\n"x"\n[{TWO}]\n', (6, 1), id="values that are no object"),
    pytest.param("a.jsonl", f"{ONE} {TWO}\n{TWO}{THREE}\n{THREE}\n", (3, 1), id="two objects on a line"),
    pytest.param("a.jsonl", f"{ONE}\n\0\n{TWO}\0\n{THREE}\n", (4, 2), id="NUL bytes"),
    pytest.param("a.jsonl", f"{ONE}\n{document(2, channel='a~b').replace('~', chr(0x2028))}\n", (2, 2), id="U+2028"),
    pytest.param("a.jsonl", f"\u2028\n\u2028{ONE}\u2028{TWO}\n{THREE}", (3, 1), id="U+2028 between objects"),
    pytest.param("a.jsonl", f"{ONE}\n{TWO[:30]}", (2, 1), id="a last line cut off"),
    pytest.param("a.jsonl", f"{ONE}\r{TWO}\r\n{THREE}\n", (2, 1), id="a carriage return between objects"),
    pytest.param("a.jsonl", f"\ufeff{ONE}\n\ufeff{TWO}\n\ufeff\n", (3, 1), id="byte order marks inside"),
    pytest.param("a.csv", f"{HEADER}{ROW.format(1)}\0\n{ROW.format(2)}", (3, 2), id="a NUL line of CSV"),
    pytest.param("a.csv", f"{HEADER}{ROW.format(1)}{chr(0) * 4096}", (2, 1), id="a block of NUL bytes at the end"),
    pytest.param("a.csv", f"{HEADER}\n{ROW.format(1)}  \n\t\r\n,,,\n{ROW.format(2)}\n\n", (3, 2), id="blank CSV lines"),
    pytest.param("a.csv", f"{HEADER}# made by hand\n{ROWS}", (3, 2), id="a comment"),
    pytest.param("a.csv", f'{HEADER}{ROW.format(1)}""\n{ROW.format(2)}', (3, 2), id="an empty quoted field alone"),
    pytest.param("a.csv", f'{HEADER}{ROWS}i3,2024-03-05,like,"m1', (3, 2), id="a quote open at the end"),
    pytest.param("a.csv", f'{HEADER}{ROWS}"', (3, 2), id="one last quote"),
    pytest.param("a.csv", f"{HEADER}{ROWS}\x1a", (3, 2), id="the end-of-file sign of DOS"),
]


@pytest.mark.parametrize(("name", "text", "outcome"), ODD_FILES)
def test_every_record_is_accepted_or_quarantined(community, name, text, outcome):
    community.deliver(name, text)
    community.ingest()
    delivered, accepted = outcome
    assert community.outcome()[name] == (delivered, accepted, delivered - accepted, None)
    assert (len(community.rows()), len(community.quarantine())) == (accepted, delivered - accepted)


def test_json_lines_that_end_in_a_carriage_return_alone_are_refused_as_csv_is(community):
    community.deliver("a.jsonl", f"{ONE}\r{TWO}\r")
    community.ingest()
    assert "carriage return alone" in community.outcome()["a.jsonl"][3]


@pytest.mark.parametrize(("name", "reader"), [("a.csv", "csv_texts"), ("a.jsonl", "jsonl_texts")])
def test_a_record_that_strict_reading_lost_is_found_line_by_line(community, monkeypatch, name, reader):
    read = getattr(texts, reader)
    monkeypatch.setattr(batch, reader, lambda *args: f"select * from ({read(*args)}) limit 1")
    community.deliver(name, HEADER + ROWS if name == "a.csv" else f"{ONE}\n{TWO}\n")
    community.ingest()
    assert community.outcome()[name] == (2, 2, 0, None)


def test_a_parquet_file_that_gives_other_than_its_footer_says_is_refused(community, monkeypatch):
    read = texts.parquet_texts
    monkeypatch.setattr(batch, "parquet_texts", lambda *args: f"select * from ({read(*args)}) limit 1")
    table = pa.table({"interaction_id": ["1", "2"], "occurred_at": ["2024-03-05"] * 2, "kind": ["like"] * 2})
    pa.parquet.write_table(table, community.deliver("a.parquet", ""))
    community.ingest()
    assert community.outcome()["a.parquet"][3] == "its footer says 2 rows, but 1 were read; deliver it again"
    assert community.rows() == []


def test_a_file_that_grows_while_it_is_read_is_refused(community, monkeypatch):
    def inspect_and_grow(file, *args):
        found = inspect(file, *args)
        with file.path.open("a") as stream:
            stream.write(ROW.format(3))
        return found

    monkeypatch.setattr(batch, "inspect", inspect_and_grow)
    community.deliver("a.csv", HEADER + ROWS)
    community.ingest()
    delivered, *_, reason = community.outcome()["a.csv"]
    assert delivered is None
    assert reason.startswith("3 lines were counted and 4 read: it was written to meanwhile;")
    assert community.rows() == []


def test_a_file_whose_quotes_only_a_parser_understands_is_still_read_at_once(community, monkeypatch):
    monkeypatch.setattr(batch, "record_tables", None)
    community.deliver("a.csv", HEADER + 'i1, "2024-03-05", "like", "a ""b"" c"\ni2,2024-03-05,like,a 5" disk\n')
    community.ingest()
    assert community.outcome()["a.csv"] == (2, 2, 0, None)


def counted(data: bytes, format_: str, sizes: list[int]) -> Count:
    counter, at = Counter(format_), 0
    for size in (*sizes, len(data)):
        if block := data[at : at + size]:
            counter.add(block)
        at += size
    return counter.count()


def by_the_csv_module(text: str) -> int:
    """Records without the header, those left out whose line is blank."""
    lines = io.StringIO(text, newline="").readlines()
    reader, n_records, start = csv.reader(lines), -1, 0
    for _ in reader:
        n_records += bool("".join(lines[start : reader.line_num]).strip(BLANKS.decode() + "\n"))
        start = reader.line_num
    return n_records


FIELD = st.text(st.sampled_from('a, \t"\n\r\u4e2d#'), max_size=6)
WRITTEN = st.one_of(
    FIELD.map(lambda text: '"' + text.replace('"', '""') + '"'),
    st.text(st.sampled_from("ab \t#'"), max_size=4),
    st.sampled_from(['a"b', ' "a"', '"a" ', '""', '"', '"a"b', "'", '"\n\n"']),
)
BODY = st.lists(
    st.tuples(st.lists(WRITTEN, max_size=4).map(",".join), st.sampled_from(["\n", "\r\n", "\n\n", "\n \t\n"])),
    max_size=8,
).map(lambda lines: "".join(map("".join, lines)))
SIZES = st.lists(st.integers(4, 12), max_size=12)


@settings(max_examples=300, deadline=None)
@example(body='"a\n"\n', sizes=[4, 4], mark="")
@example(body='"a""\n"\n\n', sizes=[6, 4, 1], mark="")
@given(body=BODY, sizes=SIZES, mark=st.sampled_from(["", "\ufeff"]))
def test_records_of_csv_are_those_of_the_csv_module(body, sizes, mark):
    text = "x,y\n" + body
    count = counted((mark + text).encode(), "csv", sizes)
    if count.records is not None and not count.lone_returns:
        assert count.records == by_the_csv_module(text)


@settings(max_examples=200, deadline=None)
@given(
    lines=st.lists(st.text(st.sampled_from('{}[]:"\\a \t\r\x0b\u4e2d\0'), max_size=12).map(str.encode), max_size=9),
    sizes=SIZES,
)
def test_lines_of_json_and_what_they_have_most_of(lines, sizes):
    data = b"\n".join(lines)
    count = counted(data, "jsonl", sizes)
    assert count.records == sum(bool(line.strip(BLANKS)) for line in lines)
    assert count.lines == data.count(b"\n") + bool(data and not data.endswith(b"\n"))
    assert count.longest_line == max(map(len, lines), default=0)
    assert count.most_brackets == max((line.count(b"[") + line.count(b"{") for line in lines), default=0)
    assert count.most_colons == max((line.count(b":") for line in lines), default=0)
    assert count.lone_returns == data.count(b"\r") - data.count(b"\r\n")


@settings(max_examples=100, deadline=None)
@given(body=st.text(st.sampled_from('a",\n\r '), max_size=80))
def test_lines_counted_are_the_lines_read(tmp_path_factory, body):
    path = tmp_path_factory.getbasetemp() / "lines.csv"
    path.write_bytes(body.encode())
    count = counted(body.encode(), "csv", [7, 5])
    assert count.lines == sum(1 for _ in read_lines(path, None, Settings()))


def test_a_clean_file_needs_no_parser_and_a_stray_quote_does():
    rows = [[f"i{n}", "a,b", 'say "x"', "line\nfeed"][: 4 if n % 3 else 1] * (1 + n % 2) for n in range(500)]
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["x"] * 4, *rows])
    sizes = [random.Random(7).randrange(1, 40) for _ in range(500)]
    assert counted(out.getvalue().encode(), "csv", sizes).records == 500
    assert counted(b'x,y\n"a" ,b\n', "csv", []).records is None
    assert counted(b'x,y\n5" disk,b\n', "csv", []).records is None
    assert counted(b'x,y\n"a,b\n', "csv", []).records is None


@pytest.mark.parametrize(
    ("body", "n_records"),
    [('"a" ,b\n', 1), ('5" disk,b\n\n \n"c\nd",e', 2), ('""\n', 1), ('"' + "x" * 200_000 + '",b\n', None)],
)
def test_a_parser_counts_where_quotes_are_odd(tmp_path, body, n_records):
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + body)
    assert parsed_records(path, None) == n_records


def test_counts_of_a_file_are_kept_with_it(tmp_path: Path):
    community = Community(tmp_path)
    community.deliver("a.csv", HEADER + ROWS + "\n")
    (file,) = landing_files(community.home, community.log, DAY)
    found = inspect(file, community.log, community.settings)
    assert (found.records, found.lines, found.shape.needs_line_reader) == (2, 4, False)
    community.deliver("a.csv", HEADER + ROWS + "y" * 70_000)
    assert inspect(file, community.log, community.settings).shape.needs_line_reader
