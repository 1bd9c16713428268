"""A run that fails with a member's id in its error and erases that member: people are told the tombstone."""

from __future__ import annotations

import pytest

from tests.support.every_byte import holders
from tests.support.running import NEXT_DAYS

pytestmark = [pytest.mark.job, pytest.mark.long]

NEXT = NEXT_DAYS[0]
ERASED = "ada.lovelace-1815"


def test_the_reason_of_the_failure_names_the_tombstone_and_dagsters_history_too(running, monkeypatch):
    state = {"member_id": ERASED, "joined_at": f"{NEXT}T08:00:00", "role": "member"}
    running.deliver_days([NEXT])
    running.deliver(
        "members",
        NEXT,
        [
            state | {"occurred_at": f"{NEXT}T08:00:00", "status": "active"},
            state | {"occurred_at": f"{NEXT}T09:00:00", "status": "erased"},
        ],
        "states.jsonl",
    )

    def fail(*_, **__):
        raise RuntimeError(f"no score for {ERASED}")

    monkeypatch.setattr("models.score.score", fail)

    outcome = running.execute(NEXT, NEXT)

    assert not outcome.succeeded
    assert outcome.reason.startswith("no score for erased-")
    assert holders(running.home.root, [ERASED]) == set()
    assert ERASED not in str(running.alerts())
