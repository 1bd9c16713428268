"""Each gate stops what comes after it, and the last good publication stays up."""

from __future__ import annotations

import hashlib

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from models.score import score
from pipelines.cli import app
from pipelines.warehouse import dbt
from tests.support.running import AFTER_GATE_1, AFTER_GATE_2, AFTER_GATE_3, DELIVERED, GOOD_DAYS, NEXT_DAYS

NEXT = NEXT_DAYS[0]


def broken(rows):
    """Most rows of a delivery without the time that every row needs."""
    return [row | ({"occurred_at": "no time"} if n % 3 else {}) for n, row in enumerate(rows)]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def assert_stopped(running, outcome, gate, steps):
    """The run stopped at the gate, said so everywhere, and version 1 is still up."""
    assert not outcome.succeeded
    assert outcome.failed_gate == gate
    began = running.steps(outcome.run_id)
    assert began & steps == set()
    assert AFTER_GATE_1 - steps <= began
    assert running.version == 1
    assert not (running.home.versions / "2").exists()
    banner = running.banner()
    assert (banner["runSucceeded"], banner["failedGate"]) == (False, gate)
    assert banner["throughDay"] == GOOD_DAYS[-1].isoformat()
    assert banner["reason"] == outcome.reason
    assert running.alerts() == [{"community": "community", "failed_gate": gate, "reason": outcome.reason}]


def test_the_good_run_did_everything_and_said_so(good_home):
    assert good_home.version == 1
    assert good_home.banner()["runSucceeded"] is True
    assert good_home.alerts() == []
    assert good_home.query("select through_day from control.completed_builds") == [(GOOD_DAYS[-1],)]


def test_gate_1_stops_a_run_whose_newest_day_is_broken(running):
    running.deliver_days([NEXT])
    running.deliver("interactions", NEXT, broken(DELIVERED["interactions", NEXT]))

    outcome = running.execute(NEXT, NEXT)

    assert_stopped(running, outcome, f"gate deliveries: interactions {NEXT}", AFTER_GATE_1)
    assert "quarantine_share" in outcome.reason
    assert not running.home.raw_part("interactions", NEXT).exists()


@pytest.mark.long
def test_an_alert_command_that_fails_does_not_hide_why_the_run_failed(running, monkeypatch):
    running.settings = running.settings.model_copy(update={"alert_command": SecretStr("exit 3")})
    running.deliver("interactions", NEXT, broken(DELIVERED["interactions", NEXT]))

    outcome = running.execute(NEXT, NEXT)

    assert outcome.failed_gate == f"gate deliveries: interactions {NEXT}"
    assert running.banner()["failedGate"] == outcome.failed_gate
    assert any("alert command" in line for line in running.said)


@pytest.mark.long
def test_gate_1_holds_a_day_in_the_middle_out_until_it_is_waived(running):
    middle = GOOD_DAYS[-2]
    part = running.home.raw_part("interactions", middle)
    last_good = digest(part)
    rows_before = running.query(f"select count(*) from lake.interactions where log_day = '{middle}'")
    running.deliver("interactions", middle, broken(DELIVERED["interactions", middle]))
    running.deliver_days([NEXT])

    outcome = running.execute(middle, NEXT)

    assert outcome.succeeded, outcome
    assert running.version == 2
    assert digest(part) == last_good
    assert running.query(f"select count(*) from lake.interactions where log_day = '{middle}'") == rows_before
    assert running.query(f"select count(*) > 0 from marts.fct_member_days where day = '{NEXT}'") == [(True,)]
    assert f"withheld    interactions {middle}" in CliRunner().invoke(app, ["status"]).output

    waived = CliRunner().invoke(app, ["gate", "waive", "interactions", str(middle), "--reason", "half is all there is"])
    assert waived.exit_code == 0, waived.output
    outcome = running.execute(middle, middle)

    assert outcome.succeeded, outcome
    assert digest(part) != last_good
    left = sum(not n % 3 for n, _ in enumerate(DELIVERED["interactions", middle]))
    assert running.query(f"select count(*) from lake.interactions where log_day = '{middle}'") == [(left,)]
    assert "withheld    none" in CliRunner().invoke(app, ["status"]).output
    assert running.query(
        "select distinct is_waived from marts.gate_results where not is_passed and severity = 'critical'"
    ) == [(True,)]


def test_gate_2_stops_a_run_whose_facts_do_not_add_up(running, monkeypatch):
    """The mart loses a member's interactions after dbt's own tests passed; the gate's profile is then made again."""

    def build_and_lose(settings, select, **options):
        yield from node_results(settings, select, **options)
        if "-tag:after_scoring" in select:
            running.change(f"delete from marts.fct_member_days where day = '{NEXT}' and n_interactions > 2")
            list(node_results(settings, ["gates"]))

    node_results = dbt.node_results
    monkeypatch.setattr(dbt, "node_results", build_and_lose)
    running.deliver_days([NEXT])

    outcome = running.execute(NEXT, NEXT)

    assert_stopped(running, outcome, f"gate facts: fct_member_days {NEXT}", AFTER_GATE_2)
    assert running.query("select through_day from control.completed_builds") == [(GOOD_DAYS[-1],)]


def run_that_leaves_members_out(running, monkeypatch):
    running.deliver_days([NEXT])
    with monkeypatch.context() as patch:
        patch.setattr("models.score.score", lambda model, features: score(model, features).iloc[1:])
        return running.execute(NEXT, NEXT)


@pytest.mark.long
def test_gate_3_stops_a_run_that_left_members_out(running, monkeypatch):
    outcome = run_that_leaves_members_out(running, monkeypatch)

    assert_stopped(running, outcome, f"gate predictions: churn_predictions {NEXT}", AFTER_GATE_3)
    assert "n_missing" in outcome.reason
    assert running.query("select through_day from control.completed_builds") == [(GOOD_DAYS[-1],)]


@pytest.mark.long
def test_the_run_after_one_that_gate_3_stopped_makes_up_for_it(running, monkeypatch):
    assert not run_that_leaves_members_out(running, monkeypatch).succeeded

    again = running.execute_in_dagster(partition_key=NEXT.isoformat())

    assert again.success
    assert running.version == 2
    assert NEXT in running.stale_days()
    assert running.query("select through_day from control.completed_builds") == [(NEXT,)]
    assert running.banner()["runSucceeded"] is True


@pytest.mark.long
def test_gate_2_stops_a_run_whose_payments_contradict_their_subscriptions_until_it_is_waived(running):
    (owner,) = running.query("select any_value(subscription_id) from lake.subscriptions where step = 'start'")[0]
    money = {"member_id": "m1", "currency": "CNY", "amount_minor": 1000, "subscription_id": owner}
    strays = [money | {"payment_id": f"stray-{n}", "occurred_at": f"{NEXT}T{n:02}:{n + 17}:07"} for n in range(20)]
    running.deliver_days([NEXT])
    running.deliver("payments", NEXT, strays)

    outcome = running.execute(NEXT, NEXT)

    assert_stopped(running, outcome, f"gate facts: payments {NEXT}", AFTER_GATE_2)
    assert " of 20 rows: stray-" in outcome.reason
    assert "GUILDBOOK_RELATIONS_ONLY_WARNED=" in outcome.reason
    assert running.query("select through_day from control.completed_builds") == [(GOOD_DAYS[-1],)]

    waived = CliRunner().invoke(app, ["gate", "waive", "payments", str(NEXT), "--reason", "gifts"])
    assert waived.exit_code == 0, waived.output
    outcome = running.execute(NEXT, NEXT)

    assert outcome.succeeded, outcome
    assert running.version == 2
    assert running.query("select through_day from control.completed_builds") == [(NEXT,)]
    assert "disagrees   payments: " in CliRunner().invoke(app, ["status"]).output
