"""Messages that are files, without the person: in plain words an id may be any word or number, so whole lines go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines.privacy import tables
from pipelines.privacy.names import ERASED
from pipelines.privacy.needles import Needles


def rewrite(path: Path, target: Path, needles: Needles) -> int:
    """Write a message to ``target``, each line that speaks of the person emptied; nothing where none does.

    Returns:
        1 if it differs, 0 if not.
    """
    old = path.read_text(encoding="utf-8", errors="surrogateescape")
    if path.suffix == ".json":
        told = _told(json.loads(old), needles)
        new = old if told == json.loads(old) else json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    else:
        new = str(_told(old, needles))
    if new == old:
        return 0
    target.write_text(new, encoding="utf-8", errors="surrogateescape")
    return 1


def _told(value: Any, needles: Needles) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_told(one, needles) for one in value]
    if isinstance(value, dict):
        return {name: _told(one, needles) for name, one in value.items()}
    if not isinstance(value, str):
        return value
    return "\n".join(ERASED if tables.speaks_of(line, needles) else line for line in value.split("\n"))
