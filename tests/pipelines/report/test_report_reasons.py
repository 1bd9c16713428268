"""Every reason and error that the code can say has its Chinese, with the same values in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import duckdb
import pytest
from babel.messages.pofile import read_po

from expectations.relations import RELATIONS
from expectations.shape_rules import shape_rules
from expectations.suites import (
    COMMUNITY_DAY_RULES,
    ENGAGEMENT_RULES,
    MEMBER_DAY_RULES,
    delivery_rules,
    prediction_rules,
)
from models.churn_definitions import inactivity, lapse
from pipelines import faults
from pipelines.contract import LOGS
from pipelines.defs.errors import UNKNOWN
from pipelines.home import Home
from pipelines.ingest import odd_values, row_rules, unknown
from pipelines.lake import seal
from pipelines.report.parts.reasons import chinese, said
from pipelines.report.parts.text import Text
from pipelines.settings import PROJECT_DIR
from pipelines.watch.dead import KILLED
from tests.support.chinese import CHINESE, LEFT, VALUES, filled, half_width, is_said, written

ONLY_WARNED = "GUILDBOOK_RELATIONS_ONLY_WARNED"
TRANSLATIONS = sorted((PROJECT_DIR / "pipelines" / "report" / "translations").glob("*.po"))


def messages():
    for path in TRANSLATIONS:
        with path.open("rb") as file:
            yield from ((path.name, one) for one in read_po(file, abort_invalid=True) if one.id)


def test_each_translation_has_the_values_of_its_sentence_and_chinese_punctuation():
    found = list(messages())
    values = re.compile(r"\{\w+\}")
    differing = [one.id for _, one in found if set(values.findall(one.string)) != set(values.findall(one.id)) - {"{s}"}]

    assert differing == []
    assert [one.string for _, one in found if half_width(one.string) or one.fuzzy] == []
    assert [one.id for name, one in found if name != "wrapped.po" and not CHINESE.search(one.string)] == []
    assert len(found) > 400


def test_no_sentence_is_translated_twice():
    found = [one.id for _, one in messages()]

    assert len(found) == len(set(found))


def rules_of_gates():
    rules = delivery_rules(max_quarantine_share=0.05, max_null_member_share=0.99, max_null_member_rise=0.25)
    rules += [*shape_rules(), *MEMBER_DAY_RULES, *COMMUNITY_DAY_RULES, *ENGAGEMENT_RULES]
    return rules + prediction_rules("lapse", max_calibration_error=0.1, max_base_rate_shift=0.1)


@pytest.mark.parametrize("rule", rules_of_gates(), ids=lambda rule: rule.column)
def test_each_rule_of_a_gate_is_said_in_words_of_both_languages_alone_and_with_what_was_found(rule):
    verdict = f"{rule.column} {rule.expected}, found 0.5: {rule.reason}"

    assert is_said(rule.reason)
    assert rule.column not in chinese(verdict) + said(verdict).en
    assert said(verdict).en.endswith(f" {rule.expected}, found 0.5: {rule.reason}")
    assert is_said(verdict)
    assert chinese(f"{verdict}; {verdict}") == f"{chinese(verdict)}；{chinese(verdict)}"


def test_each_rule_between_logs_is_said_in_chinese():
    lacking = [
        relation.name
        for relation in RELATIONS.values()
        if not is_said(f"the row {relation.said}; {relation.cure}, or if it is right let it only warn: {ONLY_WARNED}=y")
    ]

    assert lacking == []
    for what in ("at most 0", "share at most 0.02", "share of all days at most 0.02"):
        assert [name for name in RELATIONS if not is_said(f"{name} {what}")] == []
    assert said("link_unknown share at most 0.02") == Text(
        '"links an id that the members log does not know" share at most 0.02',
        "“关联的编号不在成员日志中”占比至多 0.02",
    )


def reasons_of_rows():
    """Each reason why a row of a log is refused, made by its own SQL of a row of nonsense."""
    with duckdb.connect() as con:
        for log in LOGS.values():
            texts = ", ".join(f"'x\u200b' as {one.name}" for one in log.own_columns)
            every = ", ".join(reason for _, reason in row_rules._rules(log, set()))
            days = "date '2026-01-03' as event_day, date '2026-01-01' as log_day"
            yield from con.execute(f"select {every} from (select {texts}, {days})").fetchall()[0]


def test_each_reason_of_a_refused_row_is_said_in_chinese():
    found = set(reasons_of_rows())

    assert len(found) > 100
    assert sorted(one for one in found if not is_said(one)) == []
    assert (
        sorted(one for one in found if not is_said(f"landing/x/y.csv:4 {one.replace(': ', ' ', 1)}, 3 lines like this"))
        == []
    )


def test_each_finding_about_accepted_rows_is_said_in_chinese():
    found = [
        odd_values._finding(one, n_rows, "x")
        for log in LOGS.values()
        for one in odd_values._oddities(log)
        for n_rows in (1, 2_000)
    ]
    found += [unknown._finding("x", ours, 3, filled) for ours in (None, "member_id") for filled in (0, 1)]

    assert [one for one in found if not is_said(one["said"]) or not is_said(one["cure"])] == []
    assert len(found) > 100


ROOMS = (
    *("cli", "connectors", "erasure", "faults", "gates", "identity", "ingest", "lake", "metrics", "privacy"),
    *("publishing", "reading", "retention", "run_start", "sending", "settings", "sources", "today", "warehouse"),
)
"""Rooms whose errors are sentences for whoever runs Guildbook."""


def errors():
    """Every message of an error that people can mend: where it stands, and the message."""
    for room in ROOMS:
        folder = PROJECT_DIR / "pipelines" / room
        for path in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                    name = getattr(node.exc.func, "id", getattr(node.exc.func, "attr", ""))
                    is_said_so = name not in OF_THE_PROGRAM or (name == "ValueError" and path.name in USAGE)
                    if is_said_so and (message := written(node.exc.args[0])) and LEFT.search(message):
                        yield f"{path.relative_to(PROJECT_DIR)}:{node.lineno}", message


OF_THE_PROGRAM = {"ValueError", "TypeError", "KeyError", "RuntimeError", "OSError", "IngestError", "BadZipFile"} | {
    "ReadError", "EOFError", "OperationalError", "FileNotFoundError",
}  # fmt: skip
USAGE = {"run.py", "verify.py", "targets.py"}
"""Files whose ``ValueError`` is what somebody wrote wrongly: the command or the settings say it."""


def test_each_error_that_people_can_mend_is_said_in_chinese():
    found = list(errors())
    lacking = [
        (place, message) for place, message in found if not any(is_said(filled(message, words)) for words in VALUES)
    ]

    assert lacking == []
    assert len(found) > 60


def test_what_helps_is_said_in_chinese_whatever_the_error_was():
    home = Home(Path("/srv/home"))
    found = [cure.format(user="ops", home=home.root) for _, cure in faults._CURES if "{database}" not in cure]
    found = [f"Some Error: of [another] program; {cure}" for cure in found]
    found += [faults.republish(home), faults._rebuild(home), faults.INTERRUPTED, KILLED, UNKNOWN]
    found += [
        seal.cure_of(home.lake / path) for path in ("raw/x/log_day=2026-01-03/part-0.parquet", "ledger/manifest/p")
    ]
    found += [seal.cure_of(home.lake / path) for path in ("ledger/draws/p", "predictions/2026-01-03/p")]

    assert [one for one in found if not CHINESE.search(chinese(one).rpartition("program")[2])] == []
    assert [one for one in found[-9:] if not is_said(one)] == []


def limits():
    """Each call that refuses what is beyond a limit: what was found, and what to do."""
    for room in ("reading", "ingest", "connectors"):
        for path in (PROJECT_DIR / "pipelines" / room).rglob("*.py"):
            for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(function, ast.FunctionDef):
                    continue
                named = {
                    node.targets[0].id: written(node.value)
                    for node in ast.walk(function)
                    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
                }
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "beyond":
                        found, cure = (written(one) or named.get(getattr(one, "id", "")) for one in node.args[2:4])
                        yield f"{found or '12 columns'}: GUILDBOOK_MAX_COLUMNS allows 4GB; {cure or 'flatten it'}"


def test_each_limit_of_what_is_read_is_said_in_chinese_with_what_was_found():
    found = list(limits())
    values = [("12", "12", "12"), ("x", "12", "columns"), ("12", "columns", ""), ("x", "x", "12")]
    lacking = [one for one in found if not any(is_said(filled(one, words)) for words in values)]

    assert lacking == []
    assert len(found) > 15


def test_why_a_model_was_chosen_is_said_in_chinese():
    """Each sentence that the training may give as its reason, and what each definition calls churn."""
    found = []
    for name in ("backtest", "train", "cutoffs"):
        for node in ast.walk(ast.parse((PROJECT_DIR / "models" / f"{name}.py").read_text(encoding="utf-8"))):
            message = written(node) if isinstance(node, ast.JoinedStr) else None
            if (
                message
                and LEFT.search(message)
                and ("log-loss" in message or "cut-offs" in message or "rule: " in message)
            ):
                found.append(message)
    values = [("boosting", "recency", "test", "0.3", "0.4"), ("boosting", "0.3"), ("12", "30")]

    assert [one for one in found if not any(is_said(filled(one, words)) for words in values)] == []
    assert len(found) == 4
    assert is_said(inactivity(30).label)
    assert is_said(lapse(30, 7).label)


def test_values_stay_as_they_were_delivered_and_what_is_not_known_as_it_was_said():
    quoted = "kind: 'asked for' is none of its kinds; nearest: ask, read"
    unknown_error = "Binder Error: no such column; LINE 1: select x"
    half_known = f"{unknown_error}; the file is empty (0 bytes); deliver it again, or remove it"

    assert chinese(quoted) == "kind：“asked for”不是允许的取值；最接近的是：ask, read"
    assert chinese(unknown_error) == unknown_error
    assert chinese(half_known) == "Binder Error: no such column；LINE 1: select x；文件为空（0 字节）；请重新送达或删除"
    assert chinese("") == ""


def test_columns_under_other_names_are_paired_as_they_are_to_be_renamed():
    reason = "the header lacks kind, member_id; rename kind: your `type`? member_id: your `user`?; add occurred_at"

    assert chinese(reason) == "表头缺少 kind, member_id；请改名：`type` → kind `user` → member_id；请补上 occurred_at"


def test_a_verdict_with_its_first_refused_lines_is_one_sentence_in_chinese():
    reason = (
        "null_member_rise at most 0.25, found 0.96 (column `member` is not in the contract: did you mean member_id? It "
        "is empty in 20 rows): so many more rows than usual name nobody that a column was renamed or lost on its way; "
        "landing/interactions/2026-02-04/a.csv:4 member_id required, but empty, 12 lines like this"
    )

    assert chinese(reason) == (
        "未填成员的行占比升幅至多 0.25，实际为 0.96（列 `member` 不在契约中：是否想写 member_id？该列有 20 行为空）："
        "没有成员的行比平常多得多，应是某一列改了名或中途丢失；"
        "landing/interactions/2026-02-04/a.csv:4 member_id 必填，但为空，同类共 12 行"
    )
