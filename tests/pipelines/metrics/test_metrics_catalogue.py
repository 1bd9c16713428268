"""The catalogue of metrics agrees with the marts, the glossary and the pages, and is read strictly."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest
import yaml

from pipelines.contract import ACTIVITY_LOGS, LOGS
from pipelines.metrics.answer import logs_of
from pipelines.metrics.metric import ACTIVITY, CATALOGUE, Catalogue, catalogue
from pipelines.metrics.query import Question, metric_sql
from pipelines.reading.documents import DocumentError, read_document
from pipelines.reference import interface
from pipelines.reference.metrics import _asked
from pipelines.report.parts import known
from pipelines.report.site import render_site
from pipelines.settings import PROJECT_DIR
from pipelines.warehouse.project import DBT_PROJECT_DIR
from tests.support.metric_marts import Marts
from tests.support.report_marts import CONTEXT, full

if TYPE_CHECKING:
    from pathlib import Path

METRICS = catalogue()
PROMISED = interface.read()
MARTS_OF_LOG = yaml.safe_load((DBT_PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]["marts_of_log"]


@pytest.fixture(scope="module")
def empty_marts():
    with duckdb.connect() as con:
        yield Marts(con).con


def test_a_metric_runs_for_every_span_and_divided_by_every_column(empty_marts):
    for key, metric in METRICS.items():
        for by in metric.grains:
            for column in (None, *metric.columns):
                question = Question(by=by, dimensions=[column] if column else [])
                empty_marts.execute(metric_sql(key, metric, question, logs_of(metric, ACTIVITY_LOGS))).fetchall()


def test_a_metric_is_read_from_columns_that_the_mart_promises():
    for key, one in METRICS.items():
        assert {*one.columns, *filter(None, [one.time])} <= PROMISED[one.mart]["columns"].keys(), key
        assert not {*one.columns} & {"period_start", "period_end", "value", "n", "is_complete"}, key


def test_a_metric_lies_in_the_folder_of_its_mart():
    folders = {path.stem: path.parent.name for path in (DBT_PROJECT_DIR / "models").rglob("*.sql")}

    assert {key: folders[one.mart] for key, one in METRICS.items()} == {
        key: one.subject for key, one in METRICS.items()
    }


def test_a_metric_names_the_logs_without_which_its_mart_is_empty():
    for key, metric in METRICS.items():
        needed = {
            log
            for log, names in MARTS_OF_LOG.items()
            for mart, _, column in [name.partition(".") for name in names]
            if mart == metric.mart and (not column or re.search(rf"\b{column}\b", made_of(metric)))
        }
        assert {*metric.needs} <= {*LOGS, ACTIVITY}, key
        assert needed <= {*metric.needs}, key
        if metric.fact:
            assert {"reads": "interactions"}.get(metric.fact, "content") in metric.needs, key


def made_of(metric):
    return " ".join(filter(None, (metric.value, metric.numerator, metric.denominator)))


def test_a_metric_is_defined_in_a_sentence_of_both_languages_and_in_words_of_the_glossary():
    glossary = (PROJECT_DIR / "docs" / "glossary.md").read_text(encoding="utf-8")
    shunned = {
        word.strip()
        for line in glossary.splitlines()
        if line.startswith("| **")
        for word in line.split("|")[4].split(",")
        if re.fullmatch(r" *[a-z ]+ *", word) and word.strip()
    } - {"log", "history", "held out"}  # shunned for other things only
    assert {"user", "attrition", "activity score", "measure"} <= shunned

    for key, metric in METRICS.items():
        for text in (metric.name.en, metric.meaning.en.replace("actions log", "log")):
            assert not {word for word in shunned if re.search(rf"\b{word}s?\b", text.lower())}, (key, text)
        assert re.fullmatch(r"[^.]*(\.\d[^.]*)*\.", metric.meaning.en), key
        assert re.fullmatch(r"[^。]*。", metric.meaning.zh), key
        assert re.search("[一-鿿]", metric.name.zh), key


def test_no_two_metrics_are_called_the_same():
    for language in ("en", "zh"):
        names = [getattr(one.name, language).lower() for one in METRICS.values()]
        assert sorted(names) == sorted(set(names))


def test_there_are_as_many_as_a_page_lists():
    page = (PROJECT_DIR / "docs" / "metrics.md").read_text(encoding="utf-8")

    assert len(METRICS) >= 60
    assert [key for key in METRICS if f"| `{key}` |" not in page] == []


def test_the_cookbook_asks_for_metrics():
    asked = _asked(METRICS)

    assert asked["On how few members do the contributions depend?"] == [
        "contributors",
        "members_for_half",
        "top_10_share",
    ]
    assert len(asked) > 10


def test_pages_name_metrics_as_the_catalogue_does_and_say_what_they_mean(tmp_path: Path):
    render_site(full(tmp_path / "full.duckdb"), tmp_path / "site", context=CONTEXT)
    shown = {
        "index": ["dau", "stickiness", "n_contents", "questions_waiting", "payers", "mrr", "terms_due_30"],
        "answers": ["median_response_hours", "p90_response_hours", "answered_rate", "resolved_rate"],
        "revenue": ["mrr", "payers", "quick_ratio", "arpu", "payer_churn_rate", "terms_due", "payments_failed"],
        "risk": ["high_risk_members", "medium_risk_members", "low_risk_members", "expected_churners"],
        "churn": ["model_log_loss", "model_roc_auc"],
        "sales": ["one_off_buyers", "one_off_refund_share"],
    }

    for page, keys in shown.items():
        html = (tmp_path / "site" / f"{page}.html").read_text(encoding="utf-8")
        for key in keys:
            assert str(known.Term(key).__html__()) in html, (page, key)


def test_a_name_or_a_meaning_is_no_markup(monkeypatch):
    metric = METRICS["mau"]
    words = {"name": {"en": "<b>", "zh": "<i>"}, "meaning": {"en": '"><script>', "zh": "'><script>"}}
    hostile = type(metric).model_validate(metric.model_dump() | words)
    monkeypatch.setattr(known, "catalogue", lambda: {"mau": hostile})

    html = known.Term("mau").__html__()
    assert "&lt;b&gt;" in html
    assert not {"<script>", "<b>", "<i>"} & set(re.findall("<[a-z]+>", html))


def test_a_page_that_asks_for_an_unknown_metric_fails():
    with pytest.raises(KeyError):
        known.Term("no_such_metric").__html__()


def test_importing_the_pages_reads_no_catalogue():
    code = "import pipelines.report.site, pipelines.metrics.metric as m; print(m.catalogue.cache_info().currsize)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "0\n"


VALID = """
metrics:
  dau:
    subject: activity
    name: {en: A, zh: 甲}
    meaning: {en: A., zh: 甲。}
    mart: community_days
    grain: day
    time: day
    value: dau
    adds_up: mean
    unit: members
    better: up
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("    value: dau\n", ""), "give either value, or numerator and denominator"),
        (("    value: dau\n", "    value: dau\n    numerator: dau\n"), "give either value"),
        (("    value: dau\n", "    numerator: dau\n    denominator: mau\n"), "add up as ratio"),
        (("adds_up: mean", "adds_up: ratio"), "a ratio has numerator and denominator"),
        (("    time: day\n", ""), "has no time"),
        (("better: up", "better: higher"), "better"),
        (("grain: day", "grain: hour"), "grain"),
        (("    value: dau\n", "    value: dau\n    filter: x\n"), "did you mean filters"),
        (("    value: dau\n", "    value: dau\n    min_n: 5\n"), "min_n needs n"),
        (("  dau:", "  Daily users:"), "pattern"),
    ],
)
def test_a_catalogue_that_does_not_hang_together_is_refused_with_the_key(tmp_path, change, said):
    path = tmp_path / "catalogue.yaml"
    path.write_text(VALID, encoding="utf-8")
    assert read_document(path, Catalogue).metrics["dau"].value == "dau"

    assert change[0] in VALID
    path.write_text(VALID.replace(*change), encoding="utf-8")
    with pytest.raises(DocumentError, match=said):
        read_document(path, Catalogue)


def test_the_catalogue_ships_with_the_package():
    pyproject = (PROJECT_DIR / "pyproject.toml").read_text(encoding="utf-8")

    assert f'"pipelines.metrics" = ["{CATALOGUE.name}"]' in pyproject
