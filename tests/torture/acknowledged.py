"""What Guildbook takes for being on the disk from a moment on, noted in the record of the disk at that moment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any
from unittest import mock

from pipelines import files
from pipelines.lake import ledger, versions
from tests.torture import disk

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.home import Home


@contextmanager
def note_promises(root: Path) -> Iterator[None]:
    """Note each file that is moved in, each row that is recorded, and each version that is up, once it is so."""

    def moved(moves: Any, *_: Any, **__: Any) -> None:
        for _, target in moves:
            if target.exists() and root in target.absolute().parents:
                digest = hashlib.sha256(target.read_bytes()).hexdigest()
                disk.mark(f"file {digest} {target.absolute().relative_to(root)}")

    def appended(home: Home, name: str, *_: Any, **__: Any) -> None:
        disk.mark(f"rows {ledger.read(home, name).num_rows} {name}")

    def up(home: Home, *_: Any, **__: Any) -> None:
        disk.mark(f"up {versions.current(home)}")

    with (
        _after(files, "move_all_in", moved),
        _after(ledger, "append", appended),
        _after(versions, "publish", up),
        _after(versions, "rollback", up),
    ):
        yield


@contextmanager
def _after(module: Any, name: str, note: Callable[..., None]) -> Iterator[None]:
    function = getattr(module, name)

    @wraps(function)
    def noting(*arguments: Any, **options: Any) -> Any:
        answer = function(*arguments, **options)
        note(*arguments, **options)
        return answer

    with mock.patch.object(module, name, noting):
        yield
