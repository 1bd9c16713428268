"""The ready mappings and the dump importer on real exports, where those are at hand."""

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from pipelines.connectors import import_stackexchange, import_table
from pipelines.connectors import landing as landing_module
from pipelines.contract import LOGS

PROJECT = Path(__file__).resolve().parents[3]
DATA = PROJECT.parent / "shared" / "data"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not DATA.is_dir(), reason="real exports are not at ../shared/data"),
]


@pytest.fixture(autouse=True)
def _no_flush(monkeypatch):
    """Thousands of files: that they reach the disk is not what these tests are about."""
    monkeypatch.setattr(landing_module, "sync", lambda path: None)


def landed(landing: Path, log: str, select: str):
    return duckdb.sql(f"{select} from read_csv('{landing}/{log}/*/*.csv', all_varchar = true)").fetchall()


def shared_keys(landing: Path) -> dict[str, int]:
    """Keys of each log that rows of different members share: of such rows only one would count."""
    found = {}
    for log in LOGS.values():
        if "member_id" in [column.name for column in log.columns] and (landing / log.name).is_dir():
            key = [*log.key, *(["left(occurred_at, 10)"] if log.name == "interactions" else [])]
            shown = ", ".join(key)
            counts = f"select count(distinct ({shown}, coalesce(member_id, ''))), count(distinct ({shown}))"
            ((n_pairs, n_keys),) = landed(landing, log.name, counts)
            found[log.name] = n_pairs - n_keys
    return {log: n for log, n in found.items() if n}


def mapped(landing: Path, name: str):
    return import_table(PROJECT / f"docs/mappings/{name}.yaml", landing, "UTC", DATA / name)


def test_cardano(tmp_path):
    report = import_stackexchange(DATA / "stackexchange" / "cardano.tar.xz", tmp_path, "UTC")
    assert report.rows_read["Posts.xml"] == 2630
    assert report.rows_written == {"members": 3988, "content": 4826, "interactions": 8461, "actions": 4467}
    left_out = Counter()
    for row in report.not_mapped:
        left_out[row.file] += row.count if "written without" not in row.reason else 0
    assert left_out["Posts.xml"] + 1042 + 1496 == report.rows_read["Posts.xml"]
    assert left_out["Votes.xml"] + report.rows_written["interactions"] == report.rows_read["Votes.xml"]
    assert shared_keys(tmp_path) == {}
    early = "select count(*) filter (accepted_answer_id is not null and source_seq = '1')"
    assert landed(tmp_path, "content", early) == [(0,)]
    assert import_stackexchange(DATA / "stackexchange" / "cardano.tar.xz", tmp_path, "UTC").files_changed == 0


def test_lean_zulip(tmp_path):
    report = mapped(tmp_path, "lean_zulip")
    assert report.rows_written == {"interactions": 1_031_238, "members": 5_479}
    kinds = ", ".join(f"count(*) filter (kind = '{kind}')" for kind in ("reply", "ask", "mention"))
    # Copies of a moved message are one interaction, on one day.
    ids = "count(distinct interaction_id), count(distinct (left(occurred_at, 10), interaction_id))"
    found = landed(tmp_path, "interactions", f"select {kinds}, {ids}")
    assert found == [(906_368, 56_161, 68_709, 1_024_530, 1_024_530)]
    # Copies of a moved message whose author has another id by now; no two messages share a key.
    assert set(shared_keys(tmp_path)) == {"interactions"}
    copies = "count(*), count(*) filter (n_times > 1) from (select count(distinct occurred_at) as n_times"
    several = "group by interaction_id, left(occurred_at, 10) having count(distinct member_id) > 1)"
    source = f"read_csv('{tmp_path}/interactions/*/*.csv', all_varchar = true)"
    assert duckdb.sql(f"select {copies} from {source} {several}").fetchall() == [(424, 0)]


def test_git(tmp_path):
    report = mapped(tmp_path, "git")
    assert report.rows_written == {"content": 60_751, "interactions": 83_794, "members": 3_140}
    assert shared_keys(tmp_path) == {}


def test_meetup(tmp_path):
    report = mapped(tmp_path, "meetup")
    assert report.rows_written == {"events": 1_096, "members": 1_757, "event_participation": 10_416 + 1_422}
    states = "select count(*) filter (state = 'registered'), count(*) filter (state = 'cancelled')"
    # 7,616 stand as yes and 2,800 as no; 741 and 681 of them were the other answer before.
    assert landed(tmp_path, "event_participation", states) == [(7_616 + 681, 2_800 + 741)]
    assert shared_keys(tmp_path) == {}
    assert mapped(tmp_path, "meetup").files_changed == 0
