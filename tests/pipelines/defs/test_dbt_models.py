"""What is kept of dagster-dbt's assets and checks is all that they are, and is worked out again after a change."""

from __future__ import annotations

import json

import dagster as dg
import pytest

from pipelines.defs import dbt_models
from pipelines.defs.warehouse import AFTER_SCORING
from pipelines.warehouse.dbt import ensure_manifest

pytestmark = pytest.mark.slow

STEPS = {"records": {"select": AFTER_SCORING}}


@pytest.fixture
def kept(tmp_path, monkeypatch):
    ensure_manifest()
    monkeypatch.setattr(dbt_models, "_KEPT", tmp_path / "assets.json")
    return tmp_path / "assets.json"


def test_assets_and_checks_are_those_of_dagster_dbt(kept):
    from dagster_dbt import dbt_assets  # noqa: PLC0415 - takes seconds

    made = dbt_assets(
        manifest=dbt_models.MANIFEST_PATH,
        select=AFTER_SCORING,
        dagster_dbt_translator=dbt_models._translator(),
        name="made",
    )(lambda context: None)
    specs = dbt_models.load_specs(STEPS)["records"]
    ours = dg.multi_asset(specs=specs.assets, check_specs=specs.checks, can_subset=True, name="ours")(lambda: None)

    def plain(spec):
        metadata = {name: one for name, one in spec.metadata.items() if name not in dbt_models._OF_THE_LIBRARY}
        return spec.replace_attributes(metadata=metadata)

    assert sorted(ours.specs, key=lambda one: one.key) == sorted(map(plain, made.specs), key=lambda one: one.key)
    assert sorted(ours.check_specs, key=lambda one: one.name) == sorted(made.check_specs, key=lambda one: one.name)
    assert len(list(ours.specs)) >= 9
    assert len(list(ours.check_specs)) >= 3


def test_what_was_kept_is_read_until_the_project_changes(kept, tmp_path, monkeypatch):
    first = dbt_models.load_specs(STEPS)
    written = kept.read_text()
    monkeypatch.setattr(dbt_models, "_translated", lambda _: pytest.fail("worked out again"))
    assert dbt_models.load_specs(STEPS) == first
    monkeypatch.undo()

    changed = tmp_path / "manifest.json"
    changed.write_text(dbt_models.MANIFEST_PATH.read_text(encoding="utf-8") + "\n")
    monkeypatch.setattr(dbt_models, "MANIFEST_PATH", changed)
    monkeypatch.setattr(dbt_models, "_KEPT", kept)
    dbt_models.load_specs(STEPS)
    assert json.loads(kept.read_text())["stamp"] != json.loads(written)["stamp"]
