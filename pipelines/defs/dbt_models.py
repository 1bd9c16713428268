"""dbt's models and tests as assets and checks, worked out by dagster-dbt once for each state of the project.

Importing dagster-dbt and translating a manifest takes two seconds of every process that loads the definitions, so what
came out is kept beside the manifest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_shared.serdes import deserialize_value, serialize_value

from pipelines.defs import dbt_checks
from pipelines.defs.spoken import spoken
from pipelines.files import write_text
from pipelines.warehouse.project import MANIFEST_PATH

if TYPE_CHECKING:
    from dagster_dbt import DagsterDbtTranslator, DbtProject

UNIQUE_ID = "dagster_dbt/unique_id"
"""Metadata of an asset or a check: dbt's own name of the node."""

_KEPT = MANIFEST_PATH.with_name("assets.json")
_OF_THE_LIBRARY = {"dagster_dbt/manifest", "dagster_dbt/dagster_dbt_translator", "dagster_dbt/project_id"}
"""Metadata that only dagster-dbt's own way to run dbt reads."""


OF_NO_STEP = "of no step"
"""Among the steps: what models read and no asset of Dagster's makes."""


@dataclass(frozen=True)
class Specs:
    """The models of one step, and their tests."""

    assets: list[dg.AssetSpec]
    checks: list[dg.AssetCheckSpec]


def load_specs(selections: Mapping[str, Mapping[str, Any]]) -> dict[str, Specs]:
    """Return assets and checks of each step: what was kept, or after a change of the project what dagster-dbt says.

    Args:
        selections: Step -> arguments of ``dagster_dbt.dbt_assets``, ``select`` or ``exclude``.
    """
    code = [Path(__file__).read_bytes(), Path(dbt_checks.__file__).read_bytes()]
    made_from = [MANIFEST_PATH.read_bytes(), *code, repr(selections).encode()]
    versions = [version(name) for name in ("dagster", "dagster-dbt")]
    stamp = hashlib.sha256(b"".join(made_from) + repr(versions).encode()).hexdigest()
    kept = json.loads(_KEPT.read_text(encoding="utf-8")) if _KEPT.is_file() else {}
    if kept.get("stamp") != stamp:
        steps = {name: _translated(selections[name]) for name in selections} | {OF_NO_STEP: _of_no_step()}
        kept = {"stamp": stamp, "steps": steps}
        with suppress(OSError):  # where the installation cannot be written it is worked out every time
            write_text(_KEPT, json.dumps(kept, ensure_ascii=False))
    return {
        name: Specs([_asset(one) for one in step["assets"]], [_check(one) for one in step["checks"]])
        for name, step in kept["steps"].items()
    }


def _translated(selection: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Let dagster-dbt say what the assets and checks of a selection are, as JSON holds it."""
    from dagster_dbt import dbt_assets  # noqa: PLC0415 - importing it takes seconds

    decorate = dbt_assets(manifest=MANIFEST_PATH, dagster_dbt_translator=_translator(), name="any", **selection)
    made = decorate(lambda context: None)
    checks = [
        {
            "name": spec.name,
            "asset": spec.asset_key.path,
            "description": spec.description,
            "blocking": spec.blocking,
            "metadata": dict(spec.metadata),
        }
        for spec in made.check_specs
    ]
    return {"assets": [_as_json(spec) for spec in made.specs], "checks": checks}


def _of_no_step() -> dict[str, list[dict[str, Any]]]:
    """Let dagster-dbt say what the project's sources are that name no asset: Dagster would show them without words."""
    manifest = json.loads(MANIFEST_PATH.read_bytes())
    specs = [
        _translator().get_asset_spec(manifest, name, None)
        for name, source in manifest["sources"].items()
        if "dagster" not in source["meta"]
    ]
    return {"assets": [_as_json(spec) for spec in specs], "checks": []}


def _as_json(spec: dg.AssetSpec) -> dict[str, Any]:
    return {
        "key": spec.key.path,
        "deps": [[dep.asset_key.path, dict(dep.metadata)] for dep in spec.deps],
        "description": spec.description,
        "metadata": {
            name: serialize_value(value) for name, value in spec.metadata.items() if name not in _OF_THE_LIBRARY
        },
        "skippable": spec.skippable,
        "group_name": spec.group_name,
        "code_version": spec.code_version,
        "owners": [*spec.owners],
        "tags": dict(spec.tags),
    }


def _translator() -> DagsterDbtTranslator:
    from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings  # noqa: PLC0415

    class Translator(DagsterDbtTranslator):
        """Groups models by the first folder that they lie in, and says the rule of each test."""

        def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
            folder: str = dbt_resource_props["fqn"][1]
            return folder

        def get_asset_check_spec(
            self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
        ) -> dg.AssetCheckSpec | None:
            spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
            return spec and spec._replace(description=dbt_checks.rule(manifest["nodes"][unique_id]))

    return Translator(
        settings=DagsterDbtTranslatorSettings(enable_asset_checks=True, enable_duplicate_source_asset_keys=True)
    )


def _asset(kept: dict[str, Any]) -> dg.AssetSpec:
    metadata = {name: deserialize_value(value) for name, value in kept.pop("metadata").items()}
    deps = [dg.AssetDep(dg.AssetKey(path), metadata=of_dep) for path, of_dep in kept.pop("deps")]
    return dg.AssetSpec(dg.AssetKey(kept.pop("key")), deps=deps, metadata=metadata, **kept)


def _check(kept: dict[str, Any]) -> dg.AssetCheckSpec:
    said = spoken(kept.pop("description") or "")
    return dg.AssetCheckSpec(asset=dg.AssetKey(kept.pop("asset")), description=said, **kept)
