"""On a server that speaks Spark Connect the same project gives the same tables, row for row, type for type.

``make parity`` plays more of it, also on a real Spark cluster.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.parity.plays import made_up, play
from tests.parity.servers import Sail

pytestmark = [pytest.mark.dbt, pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Sail(tmp_path_factory.mktemp("sail")) as started:
        yield started


def test_every_table_of_a_community_is_the_same_on_the_server_also_after_a_late_file(server, tmp_path):
    n_days = 40
    community = made_up(members=100, days=n_days)
    later = community.later
    chosen = {"a late file": lambda house: later["a new day"](house) and later["a late file"](house)}
    steps = list(play(tmp_path, replace(community, later=chosen), spark_remote=server.address))
    assert [(step.name, step.compared.differences) for step in steps] == [
        ("everything", []),
        ("a late file", []),
        ("beside a full rebuild", []),
    ]
    assert min(step.compared.n_tables for step in steps) > 100
    assert 0 < steps[1].n_stale_days < n_days
