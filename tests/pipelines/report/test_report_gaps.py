"""Data health says which logs were out, and on which days members all got other ids."""

import pytest
from report_pages import Fill

from pipelines.report import gaps
from pipelines.report.blocks import Note, Table

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
