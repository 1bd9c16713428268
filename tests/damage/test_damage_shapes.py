"""Each damage of a day is seen by its rule and by nothing that has another verdict, given 56 steady days before it."""

from __future__ import annotations

import pytest

from pipelines.contract import LOGS
from pipelines.gates.shapes.judge import look
from tests.damage.registry import Verdict
from tests.damage.shapes import DAMAGES
from tests.support.steady_logs import LAST, changed, steady_past

pytestmark = pytest.mark.slow

LOGS_DAMAGED = sorted({damage.log for damage in DAMAGES})


@pytest.fixture(scope="module")
def pasts():
    return {log: steady_past(log) for log in LOGS_DAMAGED}


@pytest.mark.parametrize("damage", DAMAGES, ids=[f"{damage.log}: {damage.kind}" for damage in DAMAGES])
def test_a_damaged_day_has_the_verdict_that_the_suite_states(pasts, damage):
    seen = look(LOGS[damage.log], changed(damage.log, damage.change), pasts[damage.log])
    found = {name: one for name, one in seen.items() if one.value}
    assert any(one.is_certain for one in found.values()) is (damage.verdict is Verdict.WITHHELD), found
    if damage.rule:
        assert found[damage.rule].is_certain is (damage.verdict is Verdict.WITHHELD)
        assert damage.says in found[damage.rule].said
    else:
        assert found == {}


@pytest.mark.parametrize("log", LOGS_DAMAGED)
def test_a_day_like_its_past_is_not_noticed(pasts, log):
    seen = look(LOGS[log], changed(log, list), pasts[log])
    assert {name: one for name, one in seen.items() if one.value} == {}


def test_the_day_that_is_judged_comes_after_its_past(pasts):
    assert all(shape.day < LAST for past in pasts.values() for shape in past)
