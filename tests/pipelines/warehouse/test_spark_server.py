"""What a server of the other engine may do wrong: each is told in words, nothing is lost, and a rerun works."""

from __future__ import annotations

import sys
import threading
import time
import warnings
from contextlib import closing, suppress
from socket import socket

import pytest
from pyspark.sql import SparkSession

from pipelines.faults import explain
from pipelines.home import Home
from pipelines.settings import Settings
from pipelines.warehouse.results import DbtError
from pipelines.warehouse.spark import session, tables
from pipelines.warehouse.spark.session import EngineError
from tests.parity.compare import compare
from tests.parity.servers import NotThereError, Sail, free_port
from tests.support.house import House
from tests.support.tiny_logs import FIRST, days_between, interaction

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")

DAYS = days_between(FIRST, FIRST)


@pytest.fixture
def server(tmp_path):
    with Sail(tmp_path / "sail") as started:
        yield started


def on(address, tmp_path, **more):
    return Settings(home=tmp_path / "home", engine="spark", spark_remote=address, **more)


def test_without_an_address_it_is_asked_for(tmp_path):
    with pytest.raises(EngineError, match=r"set GUILDBOOK_SPARK_REMOTE, as sc://host:15002"):
        session.connect(on("", tmp_path))


def test_of_what_the_client_warns_only_what_dbt_asks_in_vain_is_left_out():
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        with session.quiet_about_hive():
            warnings.warn("Failed to set spark.sql.catalogImplementation to Some(hive) due to [CANNOT_…]", stacklevel=1)
            warnings.warn("Failed to set spark.sql.shuffle.partitions", stacklevel=1)

    assert [str(one.message) for one in heard] == ["Failed to set spark.sql.shuffle.partitions"]


@pytest.mark.parametrize("address", ["spark.example.org:15002", "sc://", "sc://host:15002/;token=secret"])
def test_an_address_that_is_none_is_refused_with_an_example(tmp_path, address):
    with pytest.raises(ValueError, match=r"write one such as sc://spark\.example\.org:15002"):
        on(address, tmp_path)


def test_a_token_goes_to_the_server_encrypted_and_into_no_setting_that_is_shown(tmp_path):
    settings = on("sc://host", tmp_path, spark_token="s3cret")
    assert session.address(settings) == "sc://host/;use_ssl=true;token=s3cret"
    assert "s3cret" not in str(settings)


def test_where_nobody_listens_it_is_said_and_what_is_published_stays(tmp_path):
    with pytest.raises(EngineError, match=r"no Spark Connect server answers at sc://127\.0\.0\.1:\d+ \(.*refused"):
        session.connect(on(f"sc://127.0.0.1:{free_port()}", tmp_path))


def test_without_the_extra_its_name_is_said(tmp_path, server, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(EngineError, match=r"pip install 'guildbook\[spark\]'"):
        session.connect(on(server.address, tmp_path))


def test_something_else_that_listens_is_told_from_a_server(tmp_path):
    with closing(socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def hang_up():
            while True:
                try:
                    listening.accept()[0].close()
                except OSError:
                    return

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(EngineError, match="is no Spark Connect server, or refuses the session"):
            session.connect(on(f"sc://127.0.0.1:{listening.getsockname()[1]}", tmp_path))
        listening.shutdown(2)


def test_a_server_that_lacks_something_is_refused_by_its_name_before_anything_is_built(tmp_path, server, monkeypatch):
    monkeypatch.setitem(session._PROBES, "time travel", "travel_back_to('2025-01-01')")
    with pytest.raises(EngineError, match=r"\(version 0\..*\) lacks what the models need: time travel"):
        session.connect(on(server.address, tmp_path))


def test_a_server_that_was_started_anew_is_met_with_a_new_session(tmp_path, server):
    settings = on(server.address, tmp_path)
    session.connect(settings).sql("create schema marts")
    server.kill("sail")
    server.start()
    assert session.connect(settings).sql("select 1").collect()[0][0] == 1


def test_a_server_that_was_away_is_met_at_once_though_another_session_still_waits_for_it(tmp_path, server):
    """The client waits longer and longer before it tries a connection again, and sessions would share that one."""
    settings = on(server.address, tmp_path)
    session.connect(settings)
    other = SparkSession.builder.remote(server.address).create()
    other.client.set_retry_policies([])
    server.kill("sail")
    until = time.monotonic() + 6
    while time.monotonic() < until:
        with suppress(Exception):
            other.sql("select 1").collect()
        time.sleep(0.1)
    server.start()
    assert session.connect(settings).sql("select 1").collect()[0][0] == 1


def test_what_a_failed_build_left_without_a_commit_is_taken_away_and_the_rest_is_registered(tmp_path):
    home = Home(tmp_path)
    whole, broken = home.spark / "marts" / "whole", home.spark / "marts" / "broken"
    (whole / "_delta_log").mkdir(parents=True)
    (whole / "_delta_log" / "00000000000000000000.json").touch()
    broken.mkdir()
    (broken / "part-0.parquet").touch()
    assert list(tables._tables(home, on("sc://host", tmp_path))) == [whole]
    assert not broken.exists()


@pytest.mark.parametrize(("value", "literal"), [("it's", r"'it\'s'"), ("a\\b", r"'a\\b'"), ("小明", "'小明'")])
def test_a_text_is_written_as_spark_reads_it(value, literal):
    assert tables.text(value) == literal


def test_java_that_is_missing_or_too_old_is_asked_for(monkeypatch, tmp_path):
    from tests.parity import servers  # noqa: PLC0415 - the module's own search is looked at

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(NotThereError, match="Spark needs Java 17 or newer: install one, or set JAVA_HOME"):
        servers._java()


@pytest.mark.dbt
@pytest.mark.long
def test_a_server_that_dies_in_a_run_leaves_the_tables_of_before_and_the_next_run_is_whole(tmp_path, server):
    house = House(tmp_path / "home", engine="spark", spark_remote=server.address)
    duck = House(tmp_path / "duck")
    later = [interaction(f"x{n}", FIRST, f"m{n}") for n in range(3)]
    for one in (house, duck):
        one.deliver("interactions", FIRST, [interaction(n, FIRST, f"m{n}") for n in range(5)])
        one.run(DAYS)
    before = house.query("select * from marts.community_days")
    for one in (house, duck):
        one.deliver("interactions", FIRST, later, "more.jsonl")
    die = threading.Timer(6, lambda: server.kill("sail"))
    die.start()
    with pytest.raises(DbtError) as stopped:
        house.run(DAYS)
    die.join()
    assert house.query("select * from marts.community_days") == before
    assert "the Spark server is gone: start it again" in explain(str(stopped.value), house.home)
    server.start()
    house.run(DAYS)
    duck.run(DAYS)
    assert compare(duck, house).differences == []
