"""A run whose larger marts are published beside the file: every mart, page and command is what it would be."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.lake.duck import open_warehouse
from pipelines.reading import sums
from pipelines.reading.publication import beside, open_published
from tests.support.running import NEXT_DAYS

pytestmark = [pytest.mark.job, pytest.mark.long]


def test_a_run_publishes_every_mart_and_page_as_ever_and_the_next_compares_with_it(good_home, tmp_path, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_PUBLISHED_FILE_ROWS", "20")
    running = good_home.run_copy(tmp_path / "home", monkeypatch)
    folder = running.home.published.resolve()
    before = {path.relative_to(folder) for path in folder.glob("site/*.html")}
    running.deliver_days(NEXT_DAYS[:2])
    for day in NEXT_DAYS[:2]:
        assert running.execute(day, day).succeeded

    database = running.home.published / "analytics.duckdb"
    assert (running.version, len(beside(database)) > 20) == (3, True)
    with open_published(database) as con, open_warehouse(running.home) as built:
        names = built.execute("select table_name from duckdb_tables() where database_name = 'built'").fetchall()
        assert len(names) > 50
        for (name,) in names:
            rows = f"select * from {{}}marts.{name} order by all"
            expected = built.execute(rows.format("built.")).fetchall()
            assert con.execute(rows.format("")).fetchall() == expected, name
    folder = database.resolve().parent
    assert before <= {path.relative_to(folder) for path in folder.glob("site/*.html")}
    assert f"marts/{beside(database)[0].name}" in (folder / sums.SUMS).read_text()
    assert sums.unlike(folder) == []
    for words in (["status"], ["verify", "--files"], ["export", "--out", str(tmp_path / "out")]):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
    assert CliRunner().invoke(app, ["rollback"]).exit_code == 0
    with open_published(database) as con:
        assert con.execute("select max(day) from marts.fct_member_days").fetchall() == [(NEXT_DAYS[0],)]
