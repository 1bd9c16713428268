"""``guildbook mcp`` as a client starts it: a process that speaks the protocol on its standard input and output."""

from __future__ import annotations

import sys

import pytest
from mcp import StdioServerParameters

from tests.support.asking import ToldError, answers, publish

pytestmark = pytest.mark.slow


def test_a_client_starts_the_command_and_asks(tmp_path):
    home = publish(
        tmp_path / "home", lambda marts: marts.insert("community_days", day="2026-02-10", mau=8, mau_days_missing=0)
    )
    command = StdioServerParameters(
        command=sys.executable,
        args=["-c", "from pipelines.cli import app; app()", "mcp"],
        env={"GUILDBOOK_HOME": str(home.root)},
    )

    mau, refused, too_large, after = answers(
        command,
        [
            ("query_metric", {"metric": "mau"}),
            ("run_sql", {"sql": "drop table marts.publication"}),
            ("run_sql", {"sql": "select repeat('x', 4000000000)"}),
            ("run_sql", {"sql": "select version from marts.publication"}),
        ],
    )

    assert mau["rows"][0]["value"] == 8
    assert isinstance(refused, ToldError)
    assert "memory" in str(too_large)
    assert after["rows"] == [[1]]
