"""Sources as Dagster sees them: an asset and a schedule per file, upstream of the raw logs, in runs of their own."""

import importlib
import json

import dagster as dg
import pytest

from pipelines.settings import get_settings

POST = {"id": 7, "topic_id": 1, "post_number": 1, "user_id": 3, "username": "ana", "topic_title": "Hello"}
POST |= {"created_at": "2026-01-05T10:00:00.000Z", "updated_at": "2026-01-05T10:00:00.000Z", "raw": "Hello, all"}


@pytest.fixture
def definitions(tmp_path, monkeypatch):
    """The definitions of a home with a good source and a wrong one."""
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path))
    (tmp_path / "sources").mkdir()
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "posts.json").write_text(json.dumps({"latest_posts": [POST]}))
    (tmp_path / "sources" / "forum.yaml").write_text('kind: discourse\nfolder: ../saved\nschedule: "15 4 * * *"\n')
    (tmp_path / "sources" / "wrong.yaml").write_text("kind: discours\n")
    get_settings.cache_clear()
    modules = ["pipelines.defs.sources", "pipelines.defs.raw"]
    loaded = [importlib.reload(importlib.import_module(name)) for name in modules]
    yield loaded
    monkeypatch.undo()
    get_settings.cache_clear()
    for name in modules:
        importlib.reload(importlib.import_module(name))


def test_each_source_has_an_asset_before_the_raw_logs_and_its_schedule(definitions):
    sources, raw = definitions
    keys = {dg.AssetKey(["sources", name]) for name in ("forum", "wrong")}
    assert {key for asset in sources.source_assets for key in asset.keys} == keys
    assert all(asset.asset_deps[asset.key] == keys for asset in raw.raw_assets)
    schedules = {one.name: one.cron_schedule for one in sources.source_schedules}
    assert schedules == {"pull_forum": "15 4 * * *", "pull_wrong": "0 5 * * *"}


def test_materialising_one_writes_landing_and_a_wrong_one_says_why(definitions, tmp_path):
    sources, _ = definitions
    good, wrong = sources.source_assets
    result = dg.materialize([good])
    assert result.success
    (event,) = result.asset_materializations_for_node(good.op.name)
    assert event.metadata["rows_content"].value == 1
    assert (tmp_path / "landing" / "content" / "2026-01-05" / "forum.csv").is_file()
    with pytest.raises(Exception, match=r"wrong: kind 'discours' in wrong.yaml is none of .*discourse"):
        dg.materialize([wrong])
