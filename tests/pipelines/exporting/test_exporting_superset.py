"""The file set for Superset: ids that stay, SQL that gives the catalogue's numbers, nothing that reads as zero."""

from __future__ import annotations

from datetime import date
from zipfile import ZipFile

import duckdb
import pytest
import yaml

from pipelines.exporting.superset import DASHBOARD, ROW_A_PERIOD, export_superset, expression
from pipelines.metrics.metric import AddsUp, Grain, catalogue
from pipelines.reference import interface
from pipelines.settings import Settings
from tests.support.asking import publish
from tests.support.metric_marts import Marts

METRICS = catalogue()


def community(marts):
    for day, dau, mau in [("2026-02-09", 2, 7), ("2026-02-10", 4, 8)]:
        marts.insert("community_days", day=day, dau=dau, mau=mau, new_members=dau, mau_days_missing=0)
    for plan, due in [("pro", 30), ("team", 10)]:
        marts.insert("renewals", month="2026-01-01", plan=plan, n_due=due, n_renewed=due if plan == "team" else 3)
    for number, who in enumerate(["ana", "ana", "bo"]):
        marts.insert("answer_times", question_id=str(number), asked_day="2026-02-01", first_responder_id=who)
    for starts_day in ("2026-02-10", "2026-02-11"):  # one of them is still to come
        marts.insert("event_performance", event_id=starts_day, starts_day=starts_day)
    for month, amount in [("2026-01-01", 100), ("2026-02-01", 120)]:
        marts.insert("revenue_months", month=month, currency="CNY", mrr_end_minor=amount, mrr_new_minor=amount)


def read(path):
    with ZipFile(path) as archive:
        return {name.removeprefix("guildbook/"): yaml.safe_load(archive.read(name)) for name in archive.namelist()}


def export(home, out):
    return export_superset(home, Settings(home=home.root), out)


def test_every_part_points_at_one_that_is_there(tmp_path):
    home = publish(tmp_path / "home", community)
    files = read(export(home, tmp_path / "out"))

    kinds = {
        kind: {name: one for name, one in files.items() if name.startswith(kind)} for kind in ("charts", "datasets")
    }
    database = files["databases/Guildbook.yaml"]
    assert database["sqlalchemy_uri"] == f"duckdb:///{home.published / 'analytics.duckdb'}?access_mode=read_only"
    assert {one["database_uuid"] for one in kinds["datasets"].values()} == {database["uuid"]}
    datasets = {one["uuid"]: one for one in kinds["datasets"].values()}
    for name, chart in kinds["charts"].items():
        dataset = datasets[chart["dataset_uuid"]]
        columns = {one["column_name"] for one in dataset["columns"]}
        assert {*chart["params"]["metrics"]} <= {one["metric_name"] for one in dataset["metrics"]}, name
        assert {chart["params"]["x_axis"], *chart["params"]["groupby"]} <= columns, name
    position = files["dashboards/guildbook.yaml"]["position"]
    placed = [one["meta"]["uuid"] for one in position.values() if isinstance(one, dict) and one["type"] == "CHART"]
    assert sorted(placed) == sorted(one["uuid"] for one in kinds["charts"].values())
    assert {path.removesuffix(".yaml") for path in kinds["charts"]} == {f"charts/{key}" for key in DASHBOARD}


def test_a_second_export_is_the_same_file(tmp_path):
    home = publish(tmp_path / "home", community)

    assert export(home, tmp_path / "a").read_bytes() == export(home, tmp_path / "b").read_bytes()


def test_what_nobody_delivers_is_left_out_as_it_would_be_zero(tmp_path):
    lacking = "update marts.log_coverage set is_collected = false where log in ('payments', 'subscriptions')"
    files = read(export(publish(tmp_path / "home", lambda marts: marts.con.execute(lacking)), tmp_path / "out"))

    told = {metric["metric_name"] for one in files.values() for metric in one.get("metrics", [])}
    assert "mau" in told
    assert not told & {key for key, one in METRICS.items() if {"payments", "subscriptions"} & {*one.needs}}
    assert "charts/mrr.yaml" not in files


@pytest.fixture(scope="module")
def marts():
    with duckdb.connect() as con:
        marts = Marts(con)
        community(marts)
        yield marts


def test_the_sql_of_each_metric_gives_what_the_catalogue_gives(marts):
    told = {key: one for key, one in METRICS.items() if expression(one)}
    assert len(told) > 60
    for key, metric in told.items():
        ((value,),) = marts.con.execute(f"select {expression(metric)} from marts.{metric.mart}").fetchall()
        rows = marts.ask(key, by=Grain.NOW if metric.grain is Grain.NOW else Grain.ALL)
        expected = rows[0][2 + len(metric.always_by)] if len(rows) == 1 else None
        assert value == expected or not (value or expected), (key, value, rows)
    for key, value in {"renewal_rate": 13 / 40, "mau": 8, "events_held": 1, "first_responders": 2}.items():
        found = marts.con.execute(f"select {expression(METRICS[key])} from marts.{METRICS[key].mart}")
        assert found.fetchone() == (value,)


def test_two_currencies_are_never_added(marts):
    query = f"select {expression(METRICS['mrr_new_minor'])} from marts.revenue_months"
    assert marts.con.execute(query).fetchone() == (220,)

    marts.insert("revenue_months", month="2026-02-01", currency="USD", mrr_end_minor=9, mrr_new_minor=9)
    assert marts.con.execute(query).fetchone() == (None,)
    by_currency = marts.con.execute(f"{query.replace('select ', 'select currency, ')} group by currency").fetchall()
    assert dict(by_currency) == {"CNY": 220, "USD": 9}


def test_the_last_day_of_a_mart_is_one_row_where_it_is_told():
    promised = interface.read()
    for metric in METRICS.values():
        if metric.mart in ROW_A_PERIOD:
            assert set(promised[metric.mart]["key"]) == {metric.time, *metric.always_by}
        elif metric.adds_up in (AddsUp.LAST, AddsUp.NONE):
            assert expression(metric) is None


def test_the_days_of_the_archive_are_those_of_the_data(tmp_path):
    files = read(export(publish(tmp_path / "home"), tmp_path / "out"))

    assert files["metadata.yaml"]["timestamp"].startswith(date(2026, 2, 10).isoformat())
