"""What dbt's manifest says of the published tables, as plain values: for their pages and for their interface."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.contract import LOGS
from pipelines.warehouse import dbt

FOLDERS = ("marts", "records")
"""Folders of dbt models whose tables are published."""


@dataclass(frozen=True)
class MartColumn:
    """One column; ``tests`` are the data tests on it, without those that say that it is unique."""

    name: str
    data_type: str
    description: str
    is_required: bool
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Mart:
    """One published table, in the folder ``subject``.

    ``logs`` are all logs that it is made from, ``checks`` the tests of more than one column.
    """

    name: str
    folder: str
    subject: str
    description: str
    key: tuple[str, ...]
    columns: tuple[MartColumn, ...]
    is_incremental: bool
    reach: str
    logs: tuple[str, ...]
    has_ledgers: bool
    checks: tuple[str, ...]
    deprecated_until: date | None


def load_manifest(path: Path | None = None) -> dict[str, Any]:
    """Return a manifest; without a path that of the project's files, which are parsed where the one on disk is old."""
    manifest: dict[str, Any] = json.loads((path or dbt.ensure_manifest()).read_text(encoding="utf-8"))
    return manifest


def published_marts(manifest: dict[str, Any]) -> list[Mart]:
    """Every published table of a manifest by name; of versioned models each version."""
    nodes = manifest["nodes"].values()
    models = [node for node in nodes if node["resource_type"] == "model" and node["fqn"][1] in FOLDERS]
    return sorted((_mart(node, manifest) for node in models), key=lambda mart: mart.name)


def _mart(node: dict[str, Any], manifest: dict[str, Any]) -> Mart:
    tests = [one for one in manifest["nodes"].values() if one["resource_type"] == "test"]
    own = [one for one in tests if one.get("attached_node") == node["unique_id"]]
    sources = [manifest["sources"][name] for name in _sources(node, manifest, set())]
    logs = {one["name"] for one in sources if one["source_name"] == "lake"} & set(LOGS)
    meta = node["config"]["meta"]
    until = node.get("deprecation_date")
    return Mart(
        name=node["alias"],
        folder=node["fqn"][1],
        subject=node["fqn"][2],
        description=_line(node["description"]),
        key=_key(own),
        columns=tuple(_column(column, own) for column in node["columns"].values()),
        is_incremental=node["config"]["materialized"] == "incremental",
        reach=str(meta.get("reach_days", "")),
        logs=tuple(sorted(logs)),
        has_ledgers=any(one["source_name"] == "ledger" for one in sources),
        checks=tuple(
            sorted(one["name"] for one in tests if "test_metadata" not in one and _depends(one, node["unique_id"]))
        ),
        deprecated_until=date.fromisoformat(until[:10]) if until else None,
    )


def _column(column: dict[str, Any], tests: list[dict[str, Any]]) -> MartColumn:
    of_column = [one for one in tests if one["column_name"] == column["name"] and _test_name(one) != "unique"]
    return MartColumn(
        name=column["name"],
        data_type=column["data_type"],
        description=_line(column["description"]),
        is_required=any(one["type"] == "not_null" for one in column["constraints"]),
        tests=tuple(_test_name(one) for one in of_column),
    )


def _key(tests: list[dict[str, Any]]) -> tuple[str, ...]:
    """Columns that no two rows share: of the test of several columns, else of the unique column."""
    for one in tests:
        if _test_name(one) == "unique_together":
            return tuple(one["test_metadata"]["kwargs"]["columns"])
    return tuple(one["column_name"] for one in tests if _test_name(one) == "unique")[:1]


def _sources(node: dict[str, Any], manifest: dict[str, Any], seen: set[str]) -> set[str]:
    """Every source at the beginning of a model's lineage."""
    found = set()
    for name in set(node["depends_on"]["nodes"]) - seen:
        seen.add(name)
        if name.startswith("source."):
            found.add(name)
        elif name in manifest["nodes"]:
            found |= _sources(manifest["nodes"][name], manifest, seen)
    return found


def _depends(test: dict[str, Any], unique_id: str) -> bool:
    return unique_id in test["depends_on"]["nodes"]


def _test_name(test: dict[str, Any]) -> str:
    return str(test.get("test_metadata", {}).get("name", ""))


def _line(text: str) -> str:
    return " ".join(text.split())
