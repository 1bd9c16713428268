"""What the published tables promise: ``docs/marts/interface.yml``, their keys, columns and types as last committed.

The file only grows by itself. Whoever takes something away has to publish a new version of the mart beside the old
one, or ``make docs`` and the tests stop; ``docs/mart-versions.md`` says how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from pipelines.reference.manifest import Mart
from pipelines.settings import PROJECT_DIR

INTERFACE = PROJECT_DIR / "docs" / "marts" / "interface.yml"

_HEADER = """\
# What the published marts promise. `make docs` adds what is new and refuses to take anything away;
# docs/mart-versions.md says what to do instead. Mart -> key, and column -> type, `not null` where it never is.
"""

Promise = dict[str, Any]
"""Of one mart: ``key`` (list of columns), ``columns`` (name -> type), and ``deprecated_until`` where it is."""


class BreakingChangeError(RuntimeError):
    """A mart lacks something of the committed interface."""


def read(path: Path = INTERFACE) -> dict[str, Promise]:
    """Return the committed promise of each mart; of none where there is no file yet."""
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {} if path.exists() else {}


def promised(marts: Sequence[Mart]) -> dict[str, Promise]:
    """Return what the project as it is promises."""
    promises: dict[str, Promise] = {}
    for mart in marts:
        promise: Promise = {"key": list(mart.key)}
        if mart.deprecated_until:
            promise["deprecated_until"] = mart.deprecated_until
        promise["columns"] = {
            column.name: column.data_type + (" not null" if column.is_required else "") for column in mart.columns
        }
        promises[mart.name] = promise
    return promises


def breaking_changes(committed: Mapping[str, Promise], now: Mapping[str, Promise]) -> list[str]:
    """Return a sentence for everything that a reader of the committed tables would miss.

    A mart that was announced as deprecated may go as a whole; while it is there it keeps its promise.
    """
    found = []
    for mart, promise in committed.items():
        if mart not in now:
            if "deprecated_until" not in promise:
                found.append(f"{mart} is gone without having been deprecated")
            continue
        if promise["key"] != now[mart]["key"]:
            found.append(f"{mart}: its key was {promise['key']}, now it is {now[mart]['key']}")
        columns = now[mart]["columns"]
        for column, data_type in promise["columns"].items():
            if column not in columns:
                found.append(f"{mart}.{column} is gone")
            elif columns[column] not in (data_type, f"{data_type} not null"):
                found.append(f"{mart}.{column} was {data_type}, now it is {columns[column]}")
    return found


def merge(committed: Mapping[str, Promise], marts: Sequence[Mart]) -> dict[str, Promise]:
    """Return the promise to commit.

    Raises:
        BreakingChangeError: The project breaks the committed one.
    """
    now = promised(marts)
    if found := breaking_changes(committed, now):
        raise BreakingChangeError("; ".join(found) + ". Publish a new version beside it: docs/mart-versions.md")
    return now


def dump(promises: Mapping[str, Promise]) -> str:
    """Text of the file."""
    return _HEADER + yaml.safe_dump(dict(promises), sort_keys=False, default_flow_style=False, width=110)
