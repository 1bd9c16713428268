"""Dagster as a place to look: nothing that it shows is without words, an owner, or a reason."""

from __future__ import annotations

import ast
import logging
import re
from datetime import date

import dagster as dg
import pytest

from pipelines.definitions import defs
from pipelines.defs import checks, loggers, warehouse
from pipelines.defs.dbt_checks import failed, rule
from pipelines.defs.dbt_models import UNIQUE_ID
from pipelines.defs.jobs import main_job
from pipelines.defs.loggers import progress_logger
from pipelines.defs.shown import shown
from pipelines.gates import verdicts
from pipelines.gates.verdicts import GateOutcome
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.report.parts.words import BETWEEN_LOGS
from pipelines.settings import PROJECT_DIR, Settings, SettingsError, get_settings
from pipelines.warehouse.looks import Look
from pipelines.warehouse.results import DbtError, NodeResult
from tests.support.chinese import LEFT, VALUES, filled, is_said, written

GRAPH = defs.resolve_asset_graph()
ASSETS = {key: GRAPH.get(key) for key in sorted(GRAPH.get_all_asset_keys())}


def test_every_asset_has_a_description_a_group_and_an_owner():
    assert [key for key, asset in ASSETS.items() if not (asset.description or "").strip()] == []
    assert [key for key, asset in ASSETS.items() if asset.group_name in (None, "default")] == []
    assert {tuple(asset.owners) for asset in ASSETS.values()} == {(get_settings().owner,)}


def test_every_schedule_sensor_and_job_says_what_it_does():
    shown = [*defs.schedules, *defs.sensors, *defs.resolve_all_job_defs()]

    assert [one.name for one in shown if not one.description and one.name != "__ASSET_JOB"] == []


def test_what_dagster_says_of_our_own_assets_schedules_and_sensors_is_said_in_chinese():
    own = [str(asset.description) for key, asset in ASSETS.items() if not asset.metadata.get(UNIQUE_ID)]
    own += [str(one.description) for one in [*defs.schedules, *defs.sensors, main_job, progress_logger]]

    assert [one for said in own for one in said.split("\n\n") if not is_said(one)] == []
    assert len(own) > 20


def test_what_dbt_says_of_a_model_stays_as_it_is_written(chinese):
    specs = [spec for spec in defs.resolve_all_asset_specs() if spec.metadata.get(UNIQUE_ID)]

    assert [spec.key for spec in specs if shown(spec).description != spec.description] == []
    assert len(specs) > 150


def test_every_check_says_its_rule_in_a_sentence():
    said = {check: GRAPH.get_check_spec(check).description or "" for check in GRAPH.asset_check_keys}

    assert [check.name for check, words in said.items() if not words.endswith(".")] == []
    assert len(said) > 150


def test_every_rule_of_a_check_is_said_in_chinese():
    rules = {GRAPH.get_check_spec(check).description for check in GRAPH.asset_check_keys}

    assert sorted(rule for rule in rules if not is_said(rule)) == []
    assert len(rules) > 150


SAYS = re.compile(r"dg\.SkipReason|(context\.)?log\.(info|warning|error)")


def asks_for_the_language(call):
    """Whether what a call says goes through ``spoken``."""
    return all(isinstance(one, ast.Call) and getattr(one.func, "id", "") == "spoken" for one in call.args)


def test_whatever_a_step_or_sensor_says_is_said_in_the_language_of_the_settings():
    calls = {}
    for path in sorted((PROJECT_DIR / "pipelines" / "defs").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            said = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if SAYS.fullmatch(said):
                calls[f"{path.name}:{node.lineno}"] = asks_for_the_language(node)

    assert [place for place, is_asked_for in calls.items() if not is_asked_for] == []
    assert len(calls) > 25


def said_in_the_code():
    """Each sentence that stands in the code of what steps and sensors say."""
    for path in sorted((PROJECT_DIR / "pipelines" / "defs").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in [one for one in ast.walk(tree) if getattr(getattr(one, "func", None), "id", "") == "spoken"]:
            in_both = [one for one in ast.walk(call) if getattr(getattr(one, "func", None), "id", "") == "Text"]
            told = {node for one in in_both for node in ast.walk(one)}
            parts = {value for node in ast.walk(call) if isinstance(node, ast.JoinedStr) for value in node.values}
            yield from (written(node) for node in ast.walk(call) if node not in told | parts and written(node))


def test_each_sentence_that_a_step_or_sensor_says_is_said_in_chinese():
    found = [one for one in said_in_the_code() if LEFT.search(one)]

    assert [one for one in found if not any(is_said(filled(one, words)) for words in VALUES)] == []
    assert len(found) > 20


@pytest.fixture
def chinese(monkeypatch):
    monkeypatch.setenv("GUILDBOOK_LANGUAGE", "zh")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


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


def test_a_failed_check_says_so_in_chinese(chinese):
    said = failed(node_result("fail", 3), CHECK._replace(description="payments 中没有两行的 payment_id 相同。"))
    warned = failed(node_result("warn", 1), CHECK)

    assert said.startswith("payments 中有 3 行违反规则。payments 中没有两行的 payment_id 相同。没有发布新内容；")
    assert "unique_payments" in said
    assert warned.endswith("仅作提示：运行继续并发布。")


DAY = date(2026, 2, 4)


def judged(home, outcome, *, blocks=True, reasons=()):
    """What Dagster shows of a gate, and what the run says of it."""
    row = {
        "gate": "deliveries", "table_name": "interactions", "day": DAY, "expectation": "not_empty",
        "severity": "critical", "is_passed": False, "observed": "0", "expected": "1", "reason": "nothing came",
        "run_id": "r1", "checked_at": verdicts.clock.now(),
    }  # fmt: skip
    ledger.append(home, "gate_results", [row])
    lines = []

    class Context:
        run = type("Run", (), {"run_id": "r1"})
        log = type("Log", (), {name: staticmethod(lines.append) for name in ("error", "warning", "info")})

    return checks.gate_result(Context, home, outcome, blocks=blocks, reasons=reasons), lines


def test_what_lies_between_logs_is_said_in_chinese_too(tmp_path, chinese):
    outcome = GateOutcome("facts", BETWEEN_LOGS, 11, warned=(DAY,))
    assert judged(Home(tmp_path), outcome)[1] == ["质量门“事实表”：日志之间的规则：11 天通过，其中 1 天有警告"]


def test_a_gate_that_fails_says_in_chinese_why_and_what_to_do(tmp_path, chinese):
    why = "null_member_rise at most 0.25, found 0.96: so many more rows than usual name nobody that a column was "
    why += "renamed or lost on its way"
    lost = ["landing/interactions/2026-02-04/a.csv:4 member_id required, but empty, 12 lines like this"]
    outcome = GateOutcome("deliveries", "interactions", 1, withheld=(DAY,), reasons=(why,))
    shown, lines = judged(Home(tmp_path), outcome, reasons=lost)

    assert lines == ["质量门“送达”：互动：扣留了 2026-02-04：" + REASON]
    assert shown.description.splitlines()[:2] == ["互动：扣留了 2026-02-04：" + REASON, LINE]
    assert "重新运行该日：guildbook run --from 2026-02-04 --to 2026-02-04" in shown.description
    assert list(shown.metadata) == ["最先被拒的行", "检查的天数", "扣留的天数", "有警告的天数"]
    assert is_said(shown.description)


def test_the_console_says_in_chinese_that_a_step_failed(chinese):
    said = logging.makeLogRecord(
        {"levelno": logging.ERROR, "levelname": "ERROR", "msg": 'Execution of step "x" failed.'}
    )
    said.dagster_meta = {"step_key": "raw__members", "orig_message": None}

    assert loggers._ProgressFormatter().format(said).endswith("raw/members                  错误：步骤“x”失败。")


REASON = "未填成员的行占比升幅至多 0.25，实际为 0.96：没有成员的行比平常多得多，应是某一列改了名或中途丢失"
LINE = "landing/interactions/2026-02-04/a.csv:4 member_id 必填，但为空，同类共 12 行"


def test_a_gate_that_fails_says_what_to_do_for_the_day_that_it_withheld(tmp_path):
    outcome = GateOutcome("deliveries", "interactions", 1, withheld=(DAY,), reasons=("not_empty, found 0",))
    said = judged(Home(tmp_path), outcome)[0].description
    passed = judged(Home(tmp_path), GateOutcome("deliveries", "interactions", 1), blocks=False)[0].description

    assert said.startswith("interactions: withheld 2026-02-04: not_empty, found 0\n")
    assert "guildbook run --from 2026-02-04 --to 2026-02-04" in said
    assert "guildbook gate waive interactions 2026-02-04" in said
    assert passed == "interactions: 1 days passed"
