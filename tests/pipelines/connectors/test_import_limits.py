"""Dumps, tables and mappings beyond a limit are refused, with the limit's setting; reading them costs little memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tracemalloc
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.connectors import ConnectorError, import_stackexchange, import_table
from pipelines.connectors.archive import xml_files
from pipelines.connectors.dump import rows
from pipelines.connectors.mapping import read_mapping
from pipelines.settings import Settings
from tests.support.connector_dump import write_dump

pytestmark = pytest.mark.slow

POST = '<row Id="1" PostTypeId="1" CreationDate="2021-04-27T15:06:44.553" Body="{}"/>'


class Endless:
    """A stream of a start and then one text again and again, of which the end is never reached."""

    def __init__(self, start: str, again: str) -> None:
        self.start, self.again, self.n_read = start.encode(), again.encode(), 0

    def read(self, size: int, /) -> bytes:
        data, self.start = (self.start, b"") if self.start else (self.again * (size // len(self.again) + 1), b"")
        self.n_read += len(data)
        return data


@pytest.mark.parametrize(
    ("start", "again"),
    [('<posts><row Body="', "x"), ("<posts><", "x"), ("<posts><!--", "x "), ("<posts><?x ", "x ")],
    ids=["attribute", "name", "comment", "instruction"],
)
def test_a_tag_without_an_end_is_refused_before_it_fills_the_memory(start, again):
    stream = Endless(start, again)
    with pytest.raises(
        ConnectorError, match=r"Posts.xml, line 1: a tag has .*: GUILDBOOK_MAX_XML_TAG_BYTES allows 100,000"
    ):
        list(rows("Posts.xml", stream, Settings(max_xml_tag_bytes=100_000)))
    assert stream.n_read < 400_000


def test_tags_that_are_nested_without_an_end_are_refused_before_they_fill_the_memory():
    stream = Endless("<posts>\n", "<x>")
    with pytest.raises(
        ConnectorError, match=r"Posts.xml, line 2: tags are nested 65 levels deep: GUILDBOOK_MAX_NESTING allows 64; no"
    ):
        list(rows("Posts.xml", stream, Settings()))
    assert stream.n_read < 200_000


def test_what_is_no_row_costs_no_memory():
    text = (
        "<posts>" + "<x>" * 60 + "words " * 2_000_000 + "</x>" * 60 + "<y/>" * 500_000 + POST.format("z") + "</posts>"
    )
    stream = io.BytesIO(text.encode())
    tracemalloc.start()
    found = [dict(row) for row in rows("Posts.xml", stream, Settings())]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [row["Body"] for row in found] == ["z"]
    assert peak < 3_000_000


def tarred(content: bytes, name: str = "Posts.xml", **header: object) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", **header) as archive:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def zipped(content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("Posts.xml", content)
    return out.getvalue()


BLANK = b"<posts>" + b" " * 70_000_000 + b"</posts>"
BOMBS = {
    "se.zip": lambda: zipped(BLANK),
    "se.tar.gz": lambda: gzip.compress(tarred(BLANK), 6),
    "se.tar.bz2": lambda: bz2.compress(tarred(BLANK)),
    "se.tar.xz": lambda: lzma.compress(tarred(BLANK), preset=0),
}


@pytest.mark.parametrize("name", BOMBS)
def test_an_archive_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(BOMBS[name]())
    with pytest.raises(ConnectorError, match=r"times its size and more: GUILDBOOK_MAX_UNPACK_RATIO allows 250"):
        import_stackexchange(tmp_path / name, tmp_path / "landing", "UTC")
    assert list((tmp_path / "landing").glob("[!.]*")) == []


def test_an_archive_that_unpacks_to_more_than_is_allowed_is_refused(tmp_path):
    (tmp_path / "se.tar").write_bytes(tarred(b"<posts>" + POST.format("x" * 90).encode() * 9_000 + b"</posts>"))
    limits = Settings(max_unpacked_gb=0.001)
    with pytest.raises(
        ConnectorError,
        match=r"Posts.xml: unpacks to 0.00\d+ GB and more: GUILDBOOK_MAX_UNPACKED_GB allows 0.001",
    ):
        import_stackexchange(tmp_path / "se.tar", tmp_path / "landing", "UTC", limits=limits)


def test_headers_that_claim_to_be_huge_are_refused(tmp_path):
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 1 << 40
    (tmp_path / "se.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 10_240)
    with pytest.raises(ConnectorError, match="longer than 16 MB"):
        list(xml_files(tmp_path / "se.tar", Settings()))
    (tmp_path / "other.zip").write_bytes(zipped(b"<posts/>", zipfile.ZIP_LZMA))
    with pytest.raises(ConnectorError, match="compressed in another way"):
        list(xml_files(tmp_path / "other.zip", Settings()))


def test_an_archive_of_several_xz_streams_is_read_to_its_end(tmp_path):
    write_dump(tmp_path / "se")
    whole = tarred((tmp_path / "se" / "Posts.xml").read_bytes())
    (tmp_path / "se.tar.xz").write_bytes(lzma.compress(whole[:700]) + lzma.compress(whole[700:]))
    report = import_stackexchange(tmp_path / "se.tar.xz", tmp_path / "landing", "UTC")
    assert report.rows_read == {"Posts.xml": 6}


MAPPING = """source: forum
outputs:
  - log: interactions
    table: {}
    columns: {{interaction_id: id, occurred_at: at, kind: {{constant: like}}}}
"""


def imported(folder, table, data, **limits):
    (folder / "map.yaml").write_text(MAPPING.format(table))
    (folder / table).write_bytes(data)
    return import_table(folder / "map.yaml", folder / "landing", "UTC", limits=Settings(**limits))


INTERACTIONS = b"id,at\n1,2024-01-01\n2,2024-01-02\n"


@pytest.mark.parametrize(
    ("table", "data", "limits", "said"),
    [
        ("a.csv", INTERACTIONS, {"max_columns": 1}, "a.csv has 2 columns: GUILDBOOK_MAX_COLUMNS allows 1"),
        ("a.csv", INTERACTIONS, {"max_file_rows": 2}, "a.csv has 3 lines: GUILDBOOK_MAX_FILE_ROWS allows 2"),
        (
            "a.csv",
            b"x" * 5_000,
            {"max_line_bytes": 1_000},
            "5,000 bytes in a line: GUILDBOOK_MAX_LINE_BYTES allows 1,000",
        ),
        ("a.csv.gz", gzip.compress(INTERACTIONS + b"\n" * 70_000_000), {}, "GUILDBOOK_MAX_UNPACK_RATIO allows 250"),
        ("a.csv", INTERACTIONS + b"3,2024-01-03" + b"x" * (33 << 20), {}, "bytes in a line: GUILDBOOK_MAX_LINE_BYTES"),
        (
            "a.csv",
            INTERACTIONS + b'3,"' + b"x\n" * (17 << 20) + b'"',
            {},
            "3 records were counted and 2 read|cannot be read",
        ),
    ],
    ids=["columns", "lines", "line", "bomb", "long last line", "long last record"],
)
def test_a_table_beyond_a_limit_is_refused(tmp_path, table, data, limits, said):
    with pytest.raises(ConnectorError, match=said):
        imported(tmp_path, table, data, **limits)


def test_a_parquet_table_beyond_a_limit_is_refused(tmp_path):
    pq.write_table(pa.table({"id": ["1"], "at": ["2024-01-01"]}), tmp_path / "t.parquet")
    data = (tmp_path / "t.parquet").read_bytes()
    with pytest.raises(ConnectorError, match=r"a.parquet: 2 columns: GUILDBOOK_MAX_COLUMNS allows 1"):
        imported(tmp_path, "a.parquet", data, max_columns=1)
    assert imported(tmp_path, "a.parquet", data).rows_written == {"interactions": 1}


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{one}: &{one} [{', '.join([f'*{other}'] * 9)}]\n" for other, one in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LAUGHS, r"map.yaml, line \d: .* values and more: GUILDBOOK_MAX_MAPPING_VALUES allows 20,000"),
        ("source: " + "[" * 9_999, "map.yaml, line 1: nested 65 levels deep: GUILDBOOK_MAX_NESTING allows 64"),
        ("source: " + "x" * 3_000_000, "3,000,008 characters.*GUILDBOOK_MAX_MAPPING_VALUES"),
        ("source: &a [*a, *a]", "source"),
    ],
    ids=["aliases of aliases", "nested", "long", "an alias of itself"],
)
def test_a_hostile_mapping_is_refused(tmp_path, text, said):
    (tmp_path / "map.yaml").write_text(text)
    with pytest.raises(ConnectorError, match=said):
        read_mapping(tmp_path / "map.yaml")


def test_an_honest_alias_is_read(tmp_path):
    text = MAPPING.format("a.csv").replace("{constant: like}", "&like {constant: like}")
    (tmp_path / "map.yaml").write_text(
        text
        + "  - log: interactions\n    table: b.csv\n    columns: {interaction_id: id, occurred_at: at, kind: *like}\n"
    )
    assert read_mapping(tmp_path / "map.yaml").outputs[1].columns["kind"].constant == "like"
