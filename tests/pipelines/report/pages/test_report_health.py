"""Data health: deliveries that add up, verdicts that count, and the sentence that sums them up."""

import pytest

from pipelines.report.pages import health
from pipelines.report.parts.blocks import Table, Tiles
from pipelines.report.parts.coverage import Source
from pipelines.report.parts.header import Header, read_header
from pipelines.report.parts.text import Text
from pipelines.report.sections import deliveries
from tests.support.report_marts import CONTEXT
from tests.support.report_pages import Fill, block_of, page_of


def _delivery(delivery: str, log_day: str, counts: str, status: str, at: str) -> str:
    return f"""insert into marts.deliveries values
        ('{delivery}', 'content', '{log_day}', 'part.csv', 9, {counts}, '{status}', 'why', '{at}', 'run');"""


@pytest.mark.parametrize(
    ("deliveries_made", "delivered", "rejected", "holds"),
    [
        (_delivery("a", "2026-11-19", "10, 9, 1", "accepted", "2026-11-20 06:00+08"), "10", "0", "holds"),
        (_delivery("a", "2026-11-19", "10, 8, 1", "accepted", "2026-11-20 06:00+08"), "10", "0", "broken"),
        (
            _delivery("a", "2026-11-19", "null, null, null", "rejected", "2026-11-20 06:00+08"),
            "0",
            "1",
            "holds",
        ),
        (
            _delivery("a", "2026-11-19", "10, 9, 1", "accepted", "2026-11-20 06:00+08")
            + _delivery("b", "2026-11-19", "12, 12, 0", "accepted", "2026-11-20 09:00+08"),
            "12",
            "0",
            "holds",
        ),
        (_delivery("a", "2026-10-20", "10, 9, 1", "accepted", "2026-11-20 06:00+08"), "0", "0", "holds"),
    ],
    ids=["one", "lost a row", "rejected", "delivered again", "31 days ago"],
)
def test_deliveries_count_the_last_one_of_each_log_day(
    fill: Fill, deliveries_made: str, delivered: str, rejected: str, holds: str
) -> None:
    tiles = deliveries.blocks(fill(deliveries_made), CONTEXT, Header(CONTEXT.through_day, [], None))[0]
    assert isinstance(tiles, Tiles)
    values = [tile.value for tile in tiles.tiles]
    assert (values[0], values[3]) == (delivered, rejected)
    assert values[4].en == holds


def _verdict(
    day: str,
    *,
    passed: bool,
    waived: bool = False,
    severity: str = "critical",
    at: str = "06:00",
    table: str = "fct_member_days",
    observed: str = "1",
) -> str:
    gate = "facts" if table == "fct_member_days" else "deliveries"
    return f"""insert into marts.gate_results values
        ('{gate}', '{table}', {day}, 'n_rows', '{severity}', {passed}, {waived}, '{observed}', '2', 'why',
            'run', '2026-11-20 {at}+08');"""


def _withheld(log: str, day: str, *, keeps_earlier: bool = False) -> str:
    return f"insert into marts.held_out_days values ('{log}', '{day}', 41, {keeps_earlier});"


LAST_DAY = "date '2026-11-19'"


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ("", "no gate has run yet"),
        (_verdict(LAST_DAY, passed=True), "1 check passed, none failed"),
        (_verdict(LAST_DAY, passed=False), "1 of 1 checks failed"),
        (_verdict(LAST_DAY, passed=False, severity="warning"), "0 of 1 checks passed, 1 warned"),
        (_verdict(LAST_DAY, passed=False, waived=True), "0 of 1 checks passed, 1 waived"),
        (
            _verdict(LAST_DAY, passed=False) + _verdict(LAST_DAY, passed=True, at="07:00"),
            "1 check passed, none failed",
        ),
        (
            _verdict("date '2026-03-01'", passed=False, table="content") + _withheld("content", "2026-03-01"),
            "1 of 1 checks failed",
        ),
        (_verdict("date '2026-11-12'", passed=False), "no gate has run yet"),
        (_verdict("null", passed=False), "1 of 1 checks failed"),
        (
            _verdict(LAST_DAY, passed=True, observed="") + _verdict(LAST_DAY, passed=True),
            "1 check passed, none failed",
        ),
        (
            _verdict(LAST_DAY, passed=True) + _verdict(LAST_DAY, passed=True, observed="", at="07:00"),
            "no gate has run yet",
        ),
        (_verdict(LAST_DAY, passed=False, observed=""), "1 of 1 checks failed"),
    ],
    ids=[
        "none",
        "passed",
        "failed",
        "warned",
        "waived",
        "healed",
        "withheld for long",
        "a week ago",
        "whole table",
        "nothing to judge",
        "nothing to judge any more",
        "failed for want of anything",
    ],
)
def test_the_latest_verdict_counts(fill: Fill, verdicts: str, said: str) -> None:
    assert read_header(fill(verdicts), CONTEXT).verdict.en == said


@pytest.mark.parametrize(
    ("sources", "n_checks", "n_failed", "sentence"),
    [
        ([Source("content", is_collected=False)], 0, 0, "There is nothing to show yet"),
        ([Source("content", is_collected=True)], 9, 2, "Not all of them: 2 of 9 checks failed."),
        (
            [Source("content", is_collected=True)],
            0,
            0,
            "Every collected log is complete; no gate has run yet.",
        ),
        ([Source("content", is_collected=True, lag=3, is_late=True)], 9, 0, "but content ends before 19 Nov 2026."),
        (
            [Source("content", is_collected=True)],
            9,
            0,
            "Yes: 9 checks passed, none failed, and every collected log is complete",
        ),
    ],
)
def test_trust_is_said_in_a_sentence(sources: list[Source], n_checks: int, n_failed: int, sentence: str) -> None:
    assert sentence in Header(CONTEXT.through_day, sources, 5, n_checks=n_checks, n_failed=n_failed).trust.en


def test_failures_stand_first(fill: Fill) -> None:
    sql = _verdict("date '2026-11-17'", passed=False) + _verdict(LAST_DAY, passed=True)
    sql += _verdict("date '2026-11-18'", passed=True, observed="")
    table = block_of(page_of(health.page, fill(sql)), "Gate results, failures first")
    assert isinstance(table, Table)
    assert [row[4].sort for row in table.rows] == ["2026-11-17", "2026-11-19"]


def test_findings_are_summed_over_their_log_days_with_what_to_do(fill: Fill) -> None:
    rows = ", ".join(
        f"('interactions', date '2026-11-{day}', 'shared_key', 'interaction_id {-n}', {n}, '{n} rows share it',"
        " 'make ids', '2026-11-20 06:00+08', 'run')"
        for day, n in ((17, 3), (18, 12), (20, 99))
    )
    marts = fill(f"insert into marts.delivery_findings values {rows};")
    table = block_of(page_of(health.page, marts), "What came, but looks wrong")
    assert isinstance(table, Table)
    (row,) = table.rows
    assert row[2].shown == Text("interaction_id -12 and others", "interaction_id -12 等")
    assert [cell.shown for cell in row[3:5]] == ["15", "2"]
    assert row[6].shown == Text("12 rows share it: make ids", "12 rows share it: make ids")
