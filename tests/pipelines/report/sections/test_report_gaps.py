"""Data health says which logs were out, and on which days members all got other ids."""

import pytest

from pipelines.report.parts.blocks import Note, Table
from pipelines.report.sections import gaps
from tests.support.report_pages import Fill

OUT = """insert into marts.data_completeness by name select
    log, true as is_collected, day::date as day, n_rows, n_event_rows, 900.0 as usual_rows, chance_of_quiet, is_outage
    from (values {}) as t (log, day, n_rows, n_event_rows, chance_of_quiet, is_outage)"""


def shown(table: Table) -> list[list[str]]:
    return [[getattr(cell.shown, "en", cell.shown) for cell in row] for row in table.rows]


def test_a_stretch_of_days_on_which_a_log_was_out_is_one_row(fill: Fill) -> None:
    days = [
        ("interactions", "2026-11-01", 5, 4, 4e-6, True),
        ("interactions", "2026-11-02", 5, 3, 4e-6, True),
        ("interactions", "2026-11-03", 0, 2, 0.2, False),
        ("interactions", "2026-11-04", 0, 1, 2.5e-7, True),
        ("content", "2026-11-02", 6, 0, 0.0, True),
    ]
    (block, *_) = gaps.blocks(fill(OUT.format(", ".join(map(str, days)))))
    assert isinstance(block, Table)
    assert shown(block) == [
        ["interactions", "4 Nov 2026", "4 Nov 2026", "1 day", "1", "900", "1 in 4,000,000"],
        ["content", "2 Nov 2026", "2 Nov 2026", "1 day", "6", "900", "<1 in 1,000,000,000"],
        ["interactions", "1 Nov 2026", "2 Nov 2026", "2 days", "7", "1,800", "1 in 250,000"],
    ]


@pytest.mark.parametrize("rows", ["", OUT.format("('content', '2026-12-25', 0, 0, 0.01, false)")])
def test_quiet_days_of_people_are_no_outage(fill: Fill, rows: str) -> None:
    (block, *_) = gaps.blocks(fill(rows))
    assert isinstance(block, Note)
    assert "such as a holiday" in block.body.en


def test_a_change_of_ids_is_shown_by_both_of_its_sides_and_a_day_that_cannot_be_judged_yet_as_such(fill: Fill) -> None:
    marts = fill(
        """insert into marts.data_completeness by name select
            'interactions' as log, true as is_collected, day::date as day, 0.92 as share_never_seen,
            0.05 as usual_share_never_seen, n_regulars as n_regulars_before, n_back as n_regulars_returned,
            0.6 as usual_share_returning, is_break as is_identity_break
        from (values
            ('2026-09-01', 67, 0, true), ('2026-11-15', 60, 1, null), ('2026-10-01', 60, 30, false),
            ('2026-10-02', null, null, false), ('2026-11-14', 60, 2, null)
        ) as t (day, n_regulars, n_back, is_break)"""
    )
    block = gaps.blocks(marts)[1]
    assert isinstance(block, Table)
    assert shown(block) == [
        ["15 Nov 2026", "not judged yet", "92%", "5%", "1 of 60", "60%"],
        ["1 Sep 2026", "ids changed", "92%", "5%", "0 of 67", "60%"],
    ]


def test_without_a_change_of_ids_the_page_says_how_it_is_judged(fill: Fill) -> None:
    block = gaps.blocks(fill(""))[1]
    assert isinstance(block, Note)
    assert "old ids vanish and new ones take their place" in block.body.en


def test_after_a_change_of_ids_links_are_proposed_with_the_command_that_states_them(fill: Fill) -> None:
    marts = fill(
        """insert into marts.data_completeness by name select 'interactions' as log, true as is_collected,
            date '2026-09-01' as day, 67 as n_regulars_before, 0 as n_regulars_returned, true as is_identity_break;
        insert into marts.fct_member_days by name select member_id, day::date as day, true as is_active
        from (values ('ana', '2026-08-31'), ('ana!a@host', '2026-09-01')) as t (member_id, day)"""
    )
    block = gaps.blocks(marts)[2]
    assert isinstance(block, Table)
    assert shown(block) == [["1 Sep 2026", "ana", "ana!a@host"]]
    assert block.note
    assert "guildbook identity link --proposed" in block.note.en
