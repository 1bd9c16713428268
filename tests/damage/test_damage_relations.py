"""Each damage between logs breaks its rule, is named by its key, and breaks no other rule."""

from __future__ import annotations

from collections import Counter

import pytest

from expectations.relations import RELATIONS
from pipelines.gates import relations
from pipelines.lake import ledger
from tests.damage.relation_rows import FIRST_DAY, LAST_DAY, gone_members, good_rows
from tests.damage.relations import DAMAGES
from tests.support.house import House

pytestmark = pytest.mark.dbt

PAIRS = {(log, relation.name) for relation in RELATIONS.values() for log in relation.logs}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A community whose logs agree, and on its last day every damage at once."""
    house = House(tmp_path_factory.mktemp("relations"))
    damaged: dict[str, list] = {"members": gone_members()}
    for damage in DAMAGES:
        for log, rows in damage.rows.items():
            damaged.setdefault(log, []).extend(rows)
    for log, rows in good_rows().items():
        house.deliver(log, FIRST_DAY, rows)
    for log, rows in damaged.items():
        house.deliver(log, LAST_DAY, rows)
    house.run([FIRST_DAY, LAST_DAY], completes=False, only=("gate_relations", "relation_checks"))
    return house


@pytest.fixture(scope="module")
def verdicts(house):
    outcome = relations.judge(house.home, house.settings, "run")
    rows = [row for row in ledger.read(house.home, "gate_results").to_pylist() if row["run_id"] == "run"]
    return outcome, {(row["table_name"], row["expectation"].split()[0]): row for row in rows if not row["is_passed"]}


def test_every_rule_has_its_damage():
    assert {(damage.log, damage.rule) for damage in DAMAGES} == PAIRS


def test_every_rule_of_the_marts_is_known_and_judged(house):
    assert set(house.query("select distinct log, rule from marts.relation_checks")) == PAIRS


@pytest.mark.parametrize("damage", DAMAGES, ids=[f"{damage.log}: {damage.kind}" for damage in DAMAGES])
def test_a_damage_between_logs_is_said_with_its_key(verdicts, damage):
    row = verdicts[1][damage.log, damage.rule]

    assert row["severity"] == "warning"
    assert damage.key in row["observed"]
    assert damage.says in row["reason"]


def test_nothing_else_breaks(house):
    broken = dict(
        house.query("select rule || ' of ' || log, sum(n_broken)::bigint from gates.gate_relations group by 1")
    )
    expected = Counter()
    for damage in DAMAGES:
        expected[f"{damage.rule} of {damage.log}"] += damage.n_broken
    assert {name: n_rows for name, n_rows in broken.items() if n_rows} == dict(expected)


def test_single_rows_warn_and_hold_nothing_back(verdicts):
    outcome, failed = verdicts
    assert outcome.withheld == ()
    assert len(failed) == len(DAMAGES)
