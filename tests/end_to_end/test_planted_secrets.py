"""No secret that Guildbook is given gets into anything that it writes or says, whatever goes wrong."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.settings import SECRETS
from tests.support.every_byte import holders
from tests.support.running import DELIVERED, NEXT_DAYS

pytestmark = [pytest.mark.job, pytest.mark.long]

PLANTED = {name: f"planted-{name}-5f2c81" for name in SECRETS}
OTHERS = {"DATABASE_URL": "postgres://u:planted-url-5f2c81@db/x", "AWS_SECRET_ACCESS_KEY": "planted-aws-5f2c81"}


def test_no_secret_is_written_or_said(good_home, tmp_path, monkeypatch, capfd):
    for name, value in PLANTED.items():
        monkeypatch.setenv(f"GUILDBOOK_{name.upper()}", value)
    for name, value in OTHERS.items():
        monkeypatch.setenv(name, value)
    running = good_home.run_copy(tmp_path / "home", monkeypatch, f"true {PLANTED['alert_command']}; exit 3")
    assert running.settings.alert_command.get_secret_value().startswith("true planted")
    said = []

    running.deliver_days(NEXT_DAYS[:1])
    assert running.execute(NEXT_DAYS[0], NEXT_DAYS[0]).succeeded

    rows = DELIVERED["interactions", NEXT_DAYS[1]]
    running.deliver("interactions", NEXT_DAYS[1], [row | {"occurred_at": "no time"} for row in rows])
    assert running.execute(NEXT_DAYS[1], NEXT_DAYS[1]).failed_gate.startswith("gate deliveries")

    running.deliver("interactions", NEXT_DAYS[1], rows)
    running.home.warehouse.write_bytes(b"no database")
    assert not running.execute(NEXT_DAYS[1], NEXT_DAYS[1]).succeeded

    for words in (["status"], ["quarantine"], ["actions", "export"], ["run", "--from", "x", "--to", "y"]):
        said.append(CliRunner().invoke(app, words).output)
    captured = capfd.readouterr()
    said += [captured.out, captured.err, *running.said]

    assert any("the alert command ended with exit code 3" in line for line in running.said)
    assert "no database" in str(holders(running.home.root, ["no database"])), "the search finds what is there"
    assert not holders(tmp_path, ["5f2c81"])
    assert "5f2c81" not in "\n".join(said)
