"""Dagster as a place to look: nothing that it shows is without words, an owner, or a reason."""

from __future__ import annotations

from datetime import date

import dagster as dg
import pytest

from pipelines.definitions import defs
from pipelines.defs import checks, warehouse
from pipelines.defs.dbt_checks import failed, rule
from pipelines.defs.dbt_models import UNIQUE_ID
from pipelines.gates import verdicts
from pipelines.gates.verdicts import GateOutcome
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.settings import Settings, SettingsError, get_settings
from pipelines.warehouse.looks import Look
from pipelines.warehouse.results import DbtError, NodeResult

GRAPH = defs.resolve_asset_graph()
ASSETS = {key: GRAPH.get(key) for key in sorted(GRAPH.get_all_asset_keys())}


def test_every_asset_has_a_description_a_group_and_an_owner():
    assert [key for key, asset in ASSETS.items() if not (asset.description or "").strip()] == []
    assert [key for key, asset in ASSETS.items() if asset.group_name in (None, "default")] == []
    assert {tuple(asset.owners) for asset in ASSETS.values()} == {(get_settings().owner,)}


def test_every_schedule_sensor_and_job_says_what_it_does():
    shown = [*defs.schedules, *defs.sensors, *defs.resolve_all_job_defs()]

    assert [one.name for one in shown if not one.description and one.name != "__ASSET_JOB"] == []


def test_every_check_says_its_rule_in_a_sentence():
    said = {check: GRAPH.get_check_spec(check).description or "" for check in GRAPH.asset_check_keys}

    assert [check.name for check, words in said.items() if not words.endswith(".")] == []
    assert len(said) > 150


@pytest.mark.parametrize("owner", ["team:community desk", "team:社群", "ana@club.org"])
def test_an_owner_is_what_dagster_takes(owner):
    assert dg.AssetSpec("any", owners=[Settings(owner=owner).owner]).owners == [owner]


def test_an_owner_that_dagster_would_refuse_is_refused_by_its_name(monkeypatch):
    monkeypatch.setenv("GUILDBOOK_OWNER", "ana")
    get_settings.cache_clear()
    with pytest.raises(SettingsError, match=r"GUILDBOOK_OWNER.*team:"):
        get_settings()


def generic(name, column=None, **arguments):
    return {
        "name": "any", "raw_code": "", "attached_node": "model.guildbook.payments", "column_name": column,
        "test_metadata": {"name": name, "kwargs": arguments},
    }  # fmt: skip


RULES = [
    (generic("not_null", "paid_at"), "Every row of payments has a paid_at."),
    (generic("unique", "payment_id"), "No two rows of payments have the same payment_id."),
    (generic("unique_together", columns=["day", "kind"]), "No two rows of payments have the same day, kind."),
    (generic("accepted_values", "kind", values=["a", "b"]), "The kind of each row of payments is one of: a, b."),
    (
        {"name": "adds_up", "raw_code": "-- Plans add up,\n-- to the unit.\nwith\n\nplans as (select 1)"},
        "Plans add up, to the unit.",
    ),
]


@pytest.mark.parametrize(("node", "words"), RULES, ids=[words for _, words in RULES])
def test_a_rule_is_said_from_what_dbt_holds_of_it(node, words):
    assert rule(node) == words


CHECK = dg.AssetCheckSpec(
    "unique_payments",
    asset=["marts", "payments"],
    description="No two rows of payments have the same payment_id.",
)


def node_result(status, failures):
    return NodeResult("test.any", "test", "unique_payments", status, "Got 3 results, configured to fail", 0.1, failures)


def test_a_failed_check_says_what_where_and_what_to_do():
    said = failed(node_result("fail", 3), CHECK)

    assert said.startswith("3 rows of payments break a rule. No two rows of payments have the same payment_id.")
    assert "Nothing new is published" in said
    assert "guildbook run --full" in said
    assert "unique_payments" in said


def test_a_warning_is_not_said_to_stop_anything_and_a_check_that_broke_says_why():
    warned = failed(node_result("warn", 1), CHECK)
    broke = failed(node_result("error", 0), CHECK)

    assert warned.startswith("1 row of payments breaks a rule. No two rows")
    assert "Nothing new is published" not in warned
    assert "Got 3 results, configured to fail" in broke


def test_dagster_is_told_the_rows_of_a_mart_and_why_a_test_failed_before_the_step_fails():
    class Context:
        assets_def = warehouse.warehouse

    (model,) = [spec for spec in Context.assets_def.specs if spec.key.path == ["marts", "payments"]]
    (check, *_) = [spec for spec in Context.assets_def.check_specs if spec.asset_key == model.key]
    built = NodeResult(model.metadata[UNIQUE_ID], "model", "payments", "success", "OK", 0.1, 0, Look(7, "| day |"))
    broken = NodeResult(check.metadata[UNIQUE_ID], "test", check.name, "fail", "Got 3 results", 0.1, 3)

    told = []
    with pytest.raises(DbtError, match="Got 3 results"):
        told.extend(warehouse._events(Context, [built, broken]))

    rows, verdict = told
    assert rows.metadata == {
        "execution_seconds": 0.1, "dagster/row_count": 7, "last_rows": dg.MetadataValue.md("| day |"),
    }  # fmt: skip
    assert verdict.passed is False
    assert verdict.description.startswith(f"3 rows of payments break a rule. {check.description} Nothing new")


def test_a_gate_that_fails_says_what_to_do_for_the_day_that_it_withheld(tmp_path):
    home, day = Home(tmp_path), date(2026, 2, 4)
    row = {
        "gate": "deliveries", "table_name": "interactions", "day": day, "expectation": "not_empty",
        "severity": "critical", "is_passed": False, "observed": "0", "expected": "1", "reason": "nothing came",
        "run_id": "r1", "checked_at": verdicts.clock.now(),
    }  # fmt: skip
    ledger.append(home, "gate_results", [row])
    outcome = GateOutcome("deliveries", "interactions", 1, withheld=(day,), reasons=("not_empty, found 0",))

    class Context:
        run = type("Run", (), {"run_id": "r1"})
        log = type("Log", (), {name: staticmethod(lambda _: None) for name in ("error", "warning", "info")})

    said = checks.gate_result(Context, home, outcome, blocks=True).description
    passed = checks.gate_result(Context, home, GateOutcome("deliveries", "interactions", 1), blocks=False).description

    assert said.startswith("interactions: withheld 2026-02-04: not_empty, found 0\n")
    assert "guildbook run --from 2026-02-04 --to 2026-02-04" in said
    assert "guildbook gate waive interactions 2026-02-04" in said
    assert passed == "interactions: 1 days passed"
