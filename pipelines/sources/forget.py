"""Taking the erased out of what a source keeps: every file of answers, and the operator's files that it reads."""

from __future__ import annotations

import gzip
import json
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from pipelines import clock
from pipelines.files import whole
from pipelines.home import Home
from pipelines.privacy import known
from pipelines.sources.alone import is_inside
from pipelines.sources.definition import Named
from pipelines.sources.gone import Gone
from pipelines.sources.kept import Answer
from pipelines.sources.kind import Forgetting, Pull
from pipelines.sources.kinds import kind

_LINES = (".jsonl", ".jsonl.gz", ".ndjson")
_OWN = ""
"""Stream of the operator's own files."""


def learn(named: Named, forgetting: Forgetting, fetched: Path, gone: Gone, since: datetime | None = None) -> None:
    """Note in ``gone`` what the answers call the erased besides their ids.

    Args:
        named: The source.
        forgetting: How its kind forgets.
        fetched: Its folder of kept answers.
        gone: Who was erased.
        since: Where given, only answers of pulls that began after it: those before were gone through.
    """
    for stream, path in _files(named, forgetting, fetched, since):
        for answer in _answers(stream, path):
            gone.learn(forgetting.learn(named, stream, answer, gone))


def forget(
    named: Named,
    forgetting: Forgetting,
    fetched: Path,
    gone: Gone,
    *,
    since: datetime | None = None,
    may_write: Callable[[Path], bool] = lambda _: True,
) -> dict[Path, int]:
    """Rewrite each file that holds one of the erased, whole, with its times and rights.

    Returns:
        How many answers differ, by file; of a file that may not be written too.
    """
    changed = {}
    for stream, path in _files(named, forgetting, fetched, since):
        answers = list(_answers(stream, path))
        new = [forgetting.forget(named, stream, answer, gone) for answer in answers]
        if n_changed := sum(one != other for one, other in zip(answers, new, strict=True)):
            changed[path] = n_changed
            if may_write(path):
                _write(stream, path, new)
    return changed


def forget_pulled(home: Home, one: Pull, before: datetime | None) -> None:
    """Take the erased out of what came since the last pull that was recorded, and record what else they are called."""
    forgetting = kind(one.named.source.kind).forgetting
    if not one.gone or forgetting is None:
        return
    learn(one.named, forgetting, one.kept.folder, one.gone, before)
    forget(one.named, forgetting, one.kept.folder, one.gone, since=before, may_write=lambda path: is_inside(home, path))
    new = {name: mark for name, mark in one.gone.names().items() if one.gone.is_new(name)}
    common = {"erasure_id": str(uuid.uuid4()), "asked_by": "pull", "erased_at": clock.now()}
    known.record(home, new, common)


def _files(named: Named, forgetting: Forgetting, fetched: Path, since: datetime | None) -> Iterator[tuple[str, Path]]:
    """Give each file with the stream it belongs to."""
    for path in sorted(fetched.glob("*/[0-9]*.jsonl.gz")):
        stream = path.parent.name
        if since is None or next(_answers(stream, path)).moment > since:  # a file is of one pull
            yield stream, path
    for path in forgetting.files(named):
        yield _OWN, path


def _answers(stream: str, path: Path) -> Iterator[Answer]:
    """Give the answers in a file: kept ones, or lines of the operator's, or a whole file of the operator's as one."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        if not path.name.endswith(_LINES):
            yield Answer(str(path), "", lines.read())
            return
        for line in lines:
            yield Answer(str(path), "", line.rstrip("\n")) if stream == _OWN else Answer(**json.loads(line))


def _write(stream: str, path: Path, answers: Sequence[Answer]) -> None:
    if stream != _OWN:
        text = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in answers)
    elif path.name.endswith(_LINES):
        text = "".join(one.text + "\n" for one in answers)
    else:
        text = answers[0].text
    stat = path.stat()
    with whole(path) as beside:
        beside.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())
        beside.chmod(stat.st_mode)
        if beside.stat().st_gid != stat.st_gid:
            os.chown(beside, -1, stat.st_gid)
        os.utime(beside, ns=(stat.st_atime_ns, stat.st_mtime_ns))
