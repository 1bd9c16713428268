"""What is missing is said where pages are called true; no number is compared with days that did not come whole."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pipelines.report.pages import brief, health
from pipelines.report.parts import marks
from pipelines.report.parts.blocks import Chart, Table, Tile, Tiles
from pipelines.report.parts.coverage import Source
from pipelines.report.parts.header import Header, read_header
from pipelines.report.parts.missing import Gaps, spans
from pipelines.report.sections import deliveries
from tests.support.report_marts import CONTEXT
from tests.support.report_pages import Fill, block_of, page_of

LAST = CONTEXT.through_day


def _of(log: str, *days_ago: int) -> list[tuple[str, date]]:
    return [(log, LAST - timedelta(days=n)) for n in days_ago]


def test_participation_makes_active_where_it_counts() -> None:
    assert CONTEXT.activity_logs == ("interactions", "content")
    assert replace(CONTEXT, active_by_events=True).activity_logs == ("interactions", "content", "event_participation")


@pytest.mark.parametrize(
    ("days_ago", "said"),
    [
        ([0], "19 Nov 2026"),
        ([2, 1, 0, 1], "17 Nov 2026 to 19 Nov 2026"),
        ([9, 5, 4], "10 Nov 2026, 14 Nov 2026 to 15 Nov 2026"),
        (range(0, 20, 2), "11 Nov 2026, 13 Nov 2026, 15 Nov 2026, 17 Nov 2026, 19 Nov 2026 and 5 days before"),
    ],
    ids=["one", "a stretch", "a day and a stretch", "many"],
)
def test_days_are_named_as_spans(days_ago: list[int], said: str) -> None:
    assert spans(LAST - timedelta(days=n) for n in days_ago).en == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Gaps(LAST), []),
        (
            Gaps(LAST, outages=_of("interactions", 29, 28, 27)),
            ["MAU counts 27 of 30 days", "interactions missing on 21 Oct 2026 to 23 Oct 2026"],
        ),
        (
            Gaps(LAST, withheld=_of("content", 6, 200), outages=_of("interactions", 6, 7)),
            [
                "MAU counts 28 of 30 days and WAU 6 of 7",
                "content withheld on 3 May 2026, 13 Nov 2026",
                "interactions missing on 12 Nov 2026 to 13 Nov 2026",
            ],
        ),
        (Gaps(LAST, withheld=_of("interactions", 30)), ["interactions withheld on 20 Oct 2026"]),
        (
            Gaps(LAST, withheld=_of("interactions", 3), kept=set(_of("interactions", 3))),
            ["interactions withheld, an earlier delivery shown, on 16 Nov 2026"],
        ),
        (Gaps(LAST, withheld=_of("payments", 3)), ["payments withheld on 16 Nov 2026"]),
        (
            Gaps(LAST, identity_breaks=[LAST]),
            ["member ids seem to have changed on 19 Nov 2026, so too many count as new and as lost"],
        ),
    ],
    ids=["nothing", "outage", "withheld and outage", "before the month", "earlier one kept", "another log", "ids"],
)
def test_what_is_missing_is_said_for_the_windows_shown(found: Gaps, said: list[str]) -> None:
    assert [phrase.en for phrase in found.phrases] == said
    sentence = Header(LAST, [Source("content", is_collected=True)], 5, n_checks=9, gaps=found).trust.en
    assert sentence.startswith("Yes for what came: 9 checks passed, none failed, but " if said else "Yes: 9 checks")
    assert all(phrase in sentence for phrase in said)
    failed = Header(LAST, [Source("content", is_collected=True)], 5, n_checks=9, n_failed=1, gaps=found).trust.en
    assert failed == "; ".join(["Not all of them: 1 of 9 checks failed", *said]) + "."


@pytest.mark.parametrize(
    ("source", "state", "is_complete"),
    [
        (Source("content", is_collected=True), "complete", True),
        (Source("events", is_collected=True, lag=4), "complete, last came 4 days ago", True),
        (Source("content", is_collected=True, lag=4, is_late=True), "no log for 4 days", False),
        (Source("content", is_collected=True, n_withheld=1, n_missing=2), "1 day withheld", False),
        (Source("content", is_collected=True, n_missing=2), "2 days of 30 missing", False),
        (Source("content", is_collected=False, n_withheld=2), "2 days withheld", False),
        (Source("content", is_collected=False), "not collected", False),
    ],
    ids=["complete", "not daily", "late", "withheld", "outage", "nothing but withheld", "not collected"],
)
def test_a_log_is_complete_where_nothing_is_missing(source: Source, state: str, *, is_complete: bool) -> None:
    assert (source.state.en, source.is_complete) == (state, is_complete)
    header = Header(LAST, [source, Source("members", is_collected=True)], 5, n_checks=9)
    assert ("and every collected log is complete" in header.trust.en) == (not source.is_late)
    assert header.completeness.en.startswith(f"{1 + is_complete} of ")


WITHHELD = """
    insert into marts.log_coverage values ('interactions', true, '2026-01-01', '2026-11-19', 300, 9, 0, false);
    insert into marts.held_out_days values
        ('interactions', '2026-03-01', 41, false), ('interactions', '2026-11-18', 7, true);
    insert into marts.gate_results values
        ('deliveries', 'interactions', '2026-03-01', 'quarantine_share <= 0.05', 'critical', false, false, '0.4', '',
            'it is broken', 'run', '2026-03-02 06:00+08'),
        ('deliveries', 'interactions', '2026-03-01', 'unaccounted <= 0', 'critical', true, false, '0', '',
            'lost', 'run', '2026-03-02 06:00+08'),
        ('deliveries', 'interactions', '2026-03-01', 'unaccounted <= 0', 'critical', false, false, '9', '',
            'mended since', 'run', '2026-03-01 06:00+08');
"""


def test_withheld_days_stay_named_and_counted_until_they_are_mended(fill: Fill) -> None:
    marts = fill(WITHHELD)
    header = read_header(marts, CONTEXT)
    assert header.withheld == [("interactions", date(2026, 11, 18)), ("interactions", date(2026, 3, 1))]
    source = next(source for source in header.sources if source.log == "interactions")
    assert source.state.en == "2 days withheld"
    assert header.n_failed == 1, "the verdict of a day that is withheld counts however old it is"
    table = block_of(health.page(marts, CONTEXT, header), "Withheld until they are mended")
    assert isinstance(table, Table)
    shown = [[getattr(cell.shown, "en", cell.shown) for cell in row] for row in table.rows]
    assert shown == [
        ["interactions", "18 Nov 2026", "7", "an earlier delivery", "not judged yet: run the day"],
        ["interactions", "1 Mar 2026", "41", "nothing, a gap", "quarantine_share <= 0.05, found 0.4: it is broken"],
    ]


def test_a_withheld_day_is_red_in_the_strip_of_its_log(fill: Fill) -> None:
    delivered = """insert into marts.deliveries values
        ('a', 'interactions', '2026-11-18', 'part.csv', 9, 10, 9, 1, 'accepted', null, '2026-11-19 06:00+08', 'run');"""
    marts = fill(WITHHELD + delivered)
    table = deliveries.blocks(marts, CONTEXT, read_header(marts, CONTEXT))[1]
    assert isinstance(table, Table)
    assert '<i class="bad" title="2026-11-18: 9 + 1 = 10, withheld"></i>' in str(table.rows[0][3].shown)


def _days(amounts: dict[int, str]) -> str:
    """57 days with 10 active members each but for these, by how many days ago; two weeks of MAU and WAU alike."""
    rows = ", ".join(f"({n}, {amounts.get(n, '10')})" for n in range(57))
    return f"""insert into marts.community_days by name
        select
            date '2026-11-19' - n::integer as day, dau, 10 as wau, 10 as mau, 0.5 as stickiness, dau as new_members,
            dau as resurrected_members, dau as lost_members, 10 as joined_members, dau as n_contents,
            dau as n_interactions
        from (values {rows}) as days (n, dau);
        insert into marts.log_coverage by name
        select unnest(['members', 'interactions']) as log, true as is_collected;"""


def _flagged(log: str, days_ago: int, flag: str) -> str:
    return f"""insert into marts.data_completeness by name
        select '{log}' as log, true as is_collected, false as is_outage, false as is_held_out,
            false as is_identity_break, date '2026-11-19' - {days_ago} as day;
        update marts.data_completeness set {flag} = true where day = date '2026-11-19' - {days_ago};"""


def _tiles(marts: object) -> dict[str, Tile]:
    tiles = block_of(page_of(brief.page, marts), "The day in numbers")
    assert isinstance(tiles, Tiles)
    return {tile.label.en: tile for tile in tiles.tiles}


DAU, NEW, MAU, WAU, JOINED = (
    "Active that day · DAU", "Active for the first time", "Active in 30 days · MAU", "Active in 7 days · WAU", "Joined",
)  # fmt: skip


def _note(tile: Tile) -> str:
    return tile.note.en if tile.note else ""


def test_a_day_on_which_nobody_was_active_is_a_usual_one(fill: Fill) -> None:
    tiles = _tiles(fill(_days({14: "0"})))
    assert _note(tiles[DAU]) == "usual 0–10"


def test_usual_ranges_leave_out_days_that_did_not_come_whole(fill: Fill) -> None:
    tiles = _tiles(fill(_days({14: "0"}) + _flagged("interactions", 14, "is_outage")))
    assert _note(tiles[DAU]) == "usual 10"
    assert _note(tiles[MAU]) == "counts 29 of 30 days"
    assert _note(tiles[WAU]) == "usual 10"
    assert _note(tiles[JOINED]) == "usual 10"


def test_new_members_of_a_day_with_other_ids_are_no_usual_ones(fill: Fill) -> None:
    tiles = _tiles(fill(_days({14: "90"}) + _flagged("interactions", 14, "is_identity_break")))
    assert (_note(tiles[NEW]), _note(tiles[DAU])) == ("usual 10", "usual 10–90")


def test_a_day_that_did_not_come_whole_is_compared_with_nothing(fill: Fill) -> None:
    tiles = _tiles(fill(_days({0: "0"}) + _flagged("content", 0, "is_outage")))
    assert (_note(tiles[DAU]), tiles[DAU].change, tiles[DAU].unusual) == ("not all of the day came", None, False)


def test_nothing_is_compared_with_a_day_that_was_withheld(fill: Fill) -> None:
    tiles = _tiles(fill(_days({7: "null"}) + _flagged("interactions", 7, "is_held_out")))
    assert (_note(tiles[DAU]), tiles[DAU].change) == ("usual 10", None)
    assert _note(tiles[WAU]) == "usual 10"


def test_lines_have_a_gap_where_a_day_is_withheld(fill: Fill) -> None:
    marts = fill(_days({7: "null"}) + _flagged("interactions", 7, "is_held_out"))
    page = page_of(brief.page, marts)
    chart = block_of(page, "Active members")
    assert isinstance(chart, Chart)
    line = next(trace for trace in chart.figure["series"] if trace["name"].en == "day")
    assert dict(zip(line["x"], line["y"], strict=True))["2026-11-12"] is None


def test_a_sparkline_has_one_line_on_each_side_of_a_gap() -> None:
    assert str(marks.sparkline([1, 2, None, 3, 4])).count("<polyline") == 2
    assert str(marks.sparkline([1, 2, 3, None])).count("<polyline") == 1
    assert str(marks.sparkline([None, 1, None])) == ""
