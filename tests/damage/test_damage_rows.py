"""Each damage of a row is noticed as the suite says: one delivery per log, of which each line has one damage."""

from __future__ import annotations

import csv
import io

import pytest
from damage.registry import Verdict
from damage.rows import DAMAGES, GOOD_ROWS
from ingest_community import Community

from pipelines.contract import LOGS


def csv_of(log, rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in LOGS[log].own_columns], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def row_of(log, number, change):
    return {name: value.format(n=number) for name, value in GOOD_ROWS[log].items()} | change


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What became of every damage, by log and kind: column and reason, or none where the row was accepted."""
    found = {}
    for log in LOGS:
        damages = [damage for damage in DAMAGES if damage.log == log]
        community = Community(tmp_path_factory.mktemp(log), log)
        rows = [row_of(log, number, damage.change) for number, damage in enumerate(damages)]
        community.deliver("rows.csv", csv_of(log, [*rows, row_of(log, "good", {})]))
        community.ingest()
        quarantined = {line: said for line, *said in community.quarantine("line, column_name, reason")}
        found |= {(log, damage.kind): quarantined.pop(line, None) for line, damage in enumerate(damages, 2)}
        assert quarantined == {}, "the good row was refused"
    return found


@pytest.mark.parametrize("damage", DAMAGES, ids=[f"{damage.log}: {damage.kind}" for damage in DAMAGES])
def test_a_damaged_row_has_the_verdict_that_the_suite_states(outcomes, damage):
    outcome = outcomes[damage.log, damage.kind]

    if damage.verdict is Verdict.QUARANTINED:
        assert outcome is not None, "the row was accepted"
        assert outcome[0] == damage.column
        assert damage.says in outcome[1]
    else:
        assert outcome is None
