"""With a least shown count no page, chart or CSV tells how many members there are where these are fewer."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.report import site
from pipelines.report.parts import charts, marks
from pipelines.report.parts.blocks import Note, Page, Table, Tiles
from pipelines.report.parts.database import Marts
from pipelines.report.parts.few import Count, Share, drawn, is_hidden
from pipelines.report.parts.few_columns import BASES, COUNTS, OF_COUNTS, OTHER_NUMBERS, PERSON, SHARES, VALUES
from pipelines.report.parts.few_rows import guard
from pipelines.report.parts.known import Term
from pipelines.report.parts.text import integer, money, percent, plural, signed
from pipelines.report.site import render_site
from tests.support.report_html import Html
from tests.support.report_marts import COMMUNITIES, CONTEXT, HOSTILE
from tests.support.report_pages import PAGES

pytestmark = pytest.mark.slow

LEAST = 5
SMALL = re.compile("[1-4]")
PEOPLE = re.compile(r"(?<![\d.,<])[1-4] ?(名|人|位)|(?<![\d.,<])[1-4] (members?|people|payers?|readers?|guests?)\b")
NO_MEMBERS = {
    "Harm", "No effect, or not known", "No fair comparison", "Work", "Pieces", "Alarms in 90 days", "Tenure", "perfect",
    "Interactions", "articles", "questions", "Quarantined", "State", "Verdict", "Rows", "Files rejected", "Log days",
    "Last 30 log days",
    "contents", "Contents by members", "answered", "asked", "interactions", "Events", "90 days before",
}  # fmt: skip
"""Tiles, columns, metrics of rows and lines in which a number from 1 to 4 counts no members."""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> dict[str, tuple[Path, dict[str, Page], dict[str, list[dict[str, object]]]]]:
    """Each community's site with a least shown count: its folder, its pages, and the raw rows of its queries."""
    made = {}
    for name, build in COMMUNITIES.items():
        folder = tmp_path_factory.mktemp(name)
        pages: dict[str, Page] = {}
        raw: dict[str, list[dict[str, object]]] = {}
        with pytest.MonkeyPatch.context() as patch:
            left_out, fetched = site.left_out, Marts._guarded

            def keep(page, least, pages=pages, left_out=left_out):
                return pages.setdefault(page.name, left_out(page, least))

            def look(self, path, limit, raw=raw, fetched=fetched):
                raw[path.stem] = self._fetch("select * from result")
                return fetched(self, path, limit)

            patch.setattr(site, "left_out", keep)
            patch.setattr(Marts, "_guarded", look)
            render_site(build(folder / "a.duckdb"), folder / "site", context=replace(CONTEXT, least_shown=LEAST))
        made[name] = (folder / "site", pages, raw)
    return made


def test_nobodys_name_is_on_a_page_or_in_a_file(rendered):
    folder, *_ = rendered["full"]
    files = [path for path in folder.rglob("*") if path.suffix in (".html", ".csv")]
    assert len(files) > 20
    told = re.compile("李雷|w{90}|forum.example.org/u/|javascript:|" + "".join(map(chr, (1593, 1604, 1610))))
    assert [path.name for path in files if told.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("n", "shown", "figure"),
    [(0, "0", 0), (1, "<5", None), (4, "<5", None), (5, "5", 5), (7, "5", 5), (8, "10", 10), (1234, "1,235", 1235),
     (-3, "<5", None), (-8, "-10", -10)],
)  # fmt: skip
def test_a_count_is_a_multiple_of_the_least_or_under_it(n, shown, figure):
    assert integer(Count(n, LEAST)) == shown
    assert drawn(Count(n, LEAST)) == figure
    assert json.loads(json.dumps(charts.plain({"y": [Count(n, LEAST)]}))) == {"y": [figure]}
    assert (
        f"{Count(n, LEAST)}".replace(",", "") == str(Count(n, LEAST)) == repr(Count(n, LEAST)) == shown.replace(",", "")
    )


@given(st.integers(0, 99), st.integers(0, 99), st.sampled_from([2, 5, 10]))
def test_no_arithmetic_of_counts_tells_a_small_one(a, b, least):
    one, other = Count(a, least), Count(b, least)
    for made, value in (
        (one + other, a + b),
        (one - other, a - b),
        (sum([one, other]), a + b),
        (abs(one - other), abs(a - b)),
    ):
        assert isinstance(made, Count)
        assert int(made) == value
        assert made.shown is None or made.shown % least == 0
    if b:
        share = one / other
        assert share.is_hidden == (0 < a < least or 0 < b < least or 0 < abs(b - a) < least)
        if share.is_hidden:
            assert {percent(share), percent(share, b), f"{100 * share:.0f}", f"{1 - share:.2f}", str(share)} == {"–"}
            assert drawn(2 * share + 1) is None


def test_words_and_marks_follow():
    few, hidden = Count(3, LEAST), Share(0.6, is_hidden=True)
    assert plural(few, "member", "members") == "<5 members"
    assert signed(few) == "<5"
    assert money(Share(1200, is_hidden=True), "CNY") == "– CNY"
    assert "width:0.0%" in marks.bar(hidden, "–")
    assert "--heat:0.000" in marks.heat(hidden, "–")
    assert marks.sparkline([few, few]) == ""
    assert marks.sparkline([Count(9, LEAST), few, Count(11, LEAST)]) == marks.sparkline([10, None, 10])


def test_what_a_row_computes_from_small_counts_is_hidden():
    row = {"n_registered": 40, "n_attended": 38, "show_up_rate": 0.95, "n_csat": 3, "csat": 1.0, "n_interactions": 7}
    (made,) = guard([row], LEAST)
    assert str(made["show_up_rate"]) == "–", "two who did not come are told by it"
    assert str(made["csat"]) == "–"
    assert (integer(made["n_registered"]), integer(made["n_csat"]), made["n_interactions"]) == ("40", "<5", 7)
    row = {"n_csat": 25, "csat": 0.88, "csat_low": 0.71, "csat_high": 0.96}
    assert {str(one) for one in guard([row], LEAST)[0].values()} == {"25", "–"}, "three were not satisfied"
    row = {"n_treated": 40, "n_held_out": 40, "rate_treated": 0.5, "rate_held_out": 0.05, "effect": 0.45}
    (made,) = guard([row], LEAST)
    assert [str(made[name]) for name in ("rate_treated", "rate_held_out", "effect")] == ["0.5", "–", "–"]
    (made,) = guard([{"n_members": 2, "n_interactions": 6, "share_of_active": 0.1}], LEAST)
    assert (drawn(made["n_interactions"]), drawn(made["share_of_active"])) == (None, None)
    (made,) = guard([{"n_payers_end": 90, "n_new": 1, "mrr_new_minor": 4900, "mrr_end_minor": 440_000}], LEAST)
    assert (drawn(made["mrr_new_minor"]), made["mrr_end_minor"]) == (None, 440_000)


def test_one_hidden_part_of_a_known_sum_takes_the_smallest_beside_it_along():
    bins = [
        {"least_interactions": n, "n_members": m, "n_interactions": n * m} for n, m in ((0, 9), (1, 40), (2, 2), (3, 9))
    ]
    made = guard(bins, LEAST)
    assert [is_hidden(row["n_interactions"]) for row in made] == [False, False, True, True]
    made = guard([bins[1], bins[3]], LEAST)
    assert [is_hidden(row["n_interactions"]) for row in made] == [False, False]
    row = {
        "n_new": 9,
        "n_expanded": 1,
        "n_churned": 30,
        "mrr_new_minor": 90,
        "mrr_expansion_minor": 5,
        "mrr_churn_minor": 300,
    }
    (made,) = guard([row], LEAST)
    assert [name for name in row if is_hidden(made[name])] == ["mrr_new_minor", "mrr_expansion_minor"]


def test_a_share_is_not_told_to_the_last_digit_and_other_measures_are_as_they_were():
    (made,) = guard([{"n_members": 32, "share_of_previous": 32 / 446}], LEAST)
    assert str(made["share_of_previous"]) == "0.07"
    row = {"n": 900, "metric": "calibration_error", "value": 0.0137, "low": 0.0049, "high": 0.0331}
    (made,) = guard([row], LEAST)
    assert {name: made[name] for name in ("value", "low", "high")} == {"value": 0.0137, "low": 0.0049, "high": 0.0331}


def test_rows_that_name_their_figure_are_told_by_it():
    rows = [
        {"measure": "dau", "amount": 3.0, "week_before": 8.0, "last_28_days": [1.0, None, 12.0]},
        {"measure": "n_contents", "amount": 3.0, "week_before": 2.0, "last_28_days": [1.0]},
        {"measure": "stickiness", "amount": 0.25, "week_before": None, "last_28_days": [0.25, None]},
    ]
    dau, contents, stickiness = guard(rows, LEAST)
    assert (integer(dau["amount"]), drawn(dau["week_before"])) == ("<5", 10)
    assert [drawn(one) for one in dau["last_28_days"]] == [None, None, 10]
    assert contents == rows[1]
    assert percent(stickiness["amount"]) == "–"


def test_every_number_of_every_query_is_known_to_count_members_or_not(rendered):
    seen = set()
    for _, _, raw in rendered.values():
        for rows in raw.values():
            for row in rows if PERSON not in (rows or [{}])[0] else []:
                seen |= {name for name, value in row.items() if isinstance(value, int) and not isinstance(value, bool)}
    unknown = seen - COUNTS - OTHER_NUMBERS - OF_COUNTS - {*VALUES}
    assert not unknown, f"say in few_columns.py whether these count members: {sorted(unknown)}"
    assert not COUNTS & OTHER_NUMBERS
    assert {count for counts in BASES.values() for count in counts} | {*SHARES.values()} <= COUNTS


@pytest.mark.parametrize("name", COMMUNITIES)
def test_no_csv_tells_a_small_count_or_a_member(rendered, name):
    folder, _, raw = rendered[name]
    for query, rows in raw.items():
        path = folder / "data" / f"{query}.csv"
        if rows and PERSON in rows[0]:
            assert not path.exists(), f"{query} lists members"
            continue
        with path.open(encoding="utf-8-sig", newline="") as file:
            told = list(csv.DictReader(file))
        assert len(told) == len(rows)
        for cells, row in zip(told, rows, strict=True):
            for column in COUNTS & row.keys():
                if row[column] is not None and 0 < abs(row[column]) < LEAST - 0.5:
                    assert cells[column] in ("<5", "0"), (query, column)
            assert "author_id" not in cells or cells["author_id"] == "–"


@pytest.mark.parametrize("name", COMMUNITIES)
def test_no_page_tells_a_small_count(rendered, name):
    folder, pages, _ = rendered[name]
    assert set(pages) == set(PAGES)
    for page in pages.values():
        html = Html((folder / f"{page.name}.html").read_text(encoding="utf-8"))
        assert {label for label, _ in (*_small_numbers(page), *_small_in_charts(html))} <= NO_MEMBERS
        words = " ".join([*html.words, *(text for _, text in html.spans)])
        assert not PEOPLE.search(words), (page.name, PEOPLE.search(words))
        assert "rounded to multiples of 5" in words


def test_members_are_on_no_page_and_the_page_says_where_they_are(rendered):
    folder, pages, raw = rendered["full"]
    members = {str(row[PERSON]) for rows in raw.values() for row in rows if PERSON in row} - {HOSTILE}
    assert len(members) > 5
    for page in pages:
        html = Html((folder / f"{page}.html").read_text(encoding="utf-8"))
        assert not members & {*html.words}, page
    (note,) = (block for block in pages["risk"].blocks if block.title.en == "Worth contacting today")
    assert isinstance(note, Note)
    assert "guildbook retention export" in note.body.en


def test_a_key_given_out_twice_is_not_named(tmp_path):
    with duckdb.connect(tmp_path / "a.duckdb") as con:
        con.execute("create schema marts")
    said = "select 'shared_key' as finding, 'member_id m17' as name, 'member_id m17: 2 rows' as said, 2 as n_rows"
    with Marts(tmp_path / "a.duckdb", tmp_path, timezone="UTC", least_shown=LEAST) as marts:
        row = marts.run("findings", said).first
    assert row == {"finding": "shared_key", "name": "–", "said": "–", "n_rows": 2}
    assert "m17" not in (tmp_path / "data" / "findings.csv").read_text()


def test_without_the_setting_pages_are_as_before(sites):
    assert "rounded to multiples" not in (sites["full"].folder / "index.html").read_text(encoding="utf-8")


def _small_numbers(page: Page) -> Iterator[tuple[str, object]]:
    """Labels of tiles and columns with a number from 1 to 4, and that number."""
    for block in page.blocks:
        if isinstance(block, Table):
            for row in block.rows:
                for column, cell in zip(block.columns, row, strict=True):
                    named = row[0].shown if isinstance(row[0].shown, Term) else column.label
                    yield from ((named.en, one) for one in (cell.shown, cell.sort) if _is_small(one))
        if isinstance(block, Tiles):
            yield from ((tile.label.en, tile.value) for tile in block.tiles if _is_small(tile.value))


def _small_in_charts(html: Html) -> Iterator[tuple[str, object]]:
    """Names of lines with a number from 1 to 4, and that number, as a page's script gets them."""
    for text in html.json:
        for one in json.loads(text)["series"]:
            told, name = [*one["y"], *one.get("low", [])], one["name"]
            yield from ((name if isinstance(name, str) else name["en"], n) for n in told if n in (1, 2, 3, 4))


def _is_small(shown: object) -> bool:
    return SMALL.fullmatch(re.sub("<[^>]*>", " ", str(shown)).strip()) is not None
