"""Each damage of a row is noticed as the suite says: one delivery per log, of which each line has one damage."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate

import pytest

from pipelines.contract import LOGS
from tests.damage.registry import Verdict
from tests.damage.rows import DAMAGES, row_of
from tests.support.ingest_community import Community, csv_of


class Outcomes:
    """What became of one log's rows: column and reason of those refused, and what was found in the others."""

    def __init__(self, root, log):
        damages = [damage for damage in DAMAGES if damage.log == log]
        self.community = Community(root, log)
        rows = [row_of(log, number, damage.change) for number, damage in enumerate(damages)]
        self.community.deliver("rows.csv", csv_of(self.community.log, [*rows, row_of(log, "good", {})]))
        self.community.ingest()
        refused = {line: said for line, *said in self.community.quarantine("line, column_name, reason")}
        lines = accumulate((1 + "".join(row.values()).count("\n") for row in rows), initial=2)
        self.refused = {damage.kind: refused.pop(line, None) for line, damage in zip(lines, damages, strict=False)}
        assert refused == {}, "the good row was refused"
        self.findings = {(one["finding"], one["name"]): one for one in self.community.delivery()["findings"]}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    return {log: Outcomes(tmp_path_factory.mktemp(log), log) for log in LOGS}


@pytest.mark.parametrize("damage", DAMAGES, ids=[f"{damage.log}: {damage.kind}" for damage in DAMAGES])
def test_a_damaged_row_has_the_verdict_that_the_suite_states(outcomes, damage):
    outcome = outcomes[damage.log]
    refused = outcome.refused[damage.kind]

    if damage.verdict is Verdict.QUARANTINED:
        assert refused is not None, "the row was accepted"
        assert refused[0] == damage.column
        assert damage.says in refused[1]
    else:
        assert refused is None
    if damage.verdict is Verdict.WARNED:
        assert damage.says in outcome.findings[damage.finding, damage.column]["said"]
    for name, value in damage.reads.items():
        assert (value,) in outcome.community.rows(f"{name}::varchar")


def test_only_the_rows_that_the_suite_names_are_found(outcomes):
    """No damage makes a finding that it does not state, and the good rows make none."""
    expected = Counter((damage.log, damage.finding, damage.column) for damage in DAMAGES if damage.finding)
    found = {(log, *key): one["n_rows"] for log in LOGS for key, one in outcomes[log].findings.items()}
    assert found == expected
