"""Answers of a source as they were delivered: ``fetched/<source>/<stream>/<number>.jsonl.gz``, one answer a line.

A file is written whole and never changed, so a kill loses at most the answers that were not yet kept, and a mapping can
be changed and replayed without asking again.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.files import whole

_AT_ONCE = 8 << 20
_MANY = 50


@dataclass(frozen=True)
class Answer:
    """One answer: the address asked, in which pull, and the text; what a later question may be conditional on."""

    url: str
    at: str
    """Start of the pull that asked, in UTC, ISO 8601."""
    text: str
    etag: str = ""
    modified: str = ""
    following: str = ""
    """Address of the page after it, where the answer names one."""

    @property
    def moment(self) -> datetime:
        """Start of the pull that asked."""
        return datetime.fromisoformat(self.at)

    def json(self) -> Any:  # noqa: ANN401 - whatever the platform says
        """Return what the text says as JSON."""
        return json.loads(self.text)


class Kept:
    """The kept answers of one source; only the holder of the source's lock adds to them."""

    def __init__(self, folder: Path) -> None:
        """Open the folder of a source, which need not exist."""
        self.folder = folder
        self._waiting: dict[str, list[Answer]] = {}
        self._written: list[Path] = []

    def add(self, stream: str, answer: Answer) -> None:
        """Keep an answer; it is on disk after ``flush`` at the latest."""
        waiting = self._waiting.setdefault(stream, [])
        waiting.append(answer)
        if len(waiting) >= _MANY or sum(len(one.text) for one in waiting) >= _AT_ONCE:
            self._write(stream)

    def flush(self) -> None:
        """Write what waits."""
        for stream in [*self._waiting]:
            self._write(stream)

    def discard(self) -> None:
        """Keep nothing of what was added since the folder was opened."""
        self._waiting.clear()
        while self._written:
            self._written.pop().unlink()

    def answers(self, stream: str) -> Iterator[Answer]:
        """Every kept answer of a stream, in the order of asking."""
        for path in self.files(stream):
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    yield Answer(**json.loads(line))
        yield from self._waiting.get(stream, [])

    def files(self, stream: str) -> Sequence[Path]:
        """Files of a stream, in order."""
        return sorted((self.folder / stream).glob("[0-9]*.jsonl.gz"))

    def _write(self, stream: str) -> None:
        answers = self._waiting.pop(stream, [])
        if not answers:
            return
        folder = self.folder / stream
        last = max((int(path.name.partition(".")[0]) for path in self.files(stream)), default=0)
        text = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in answers)
        path = folder / f"{last + 1:08d}.jsonl.gz"
        with whole(path) as beside:
            beside.write_bytes(gzip.compress(text.encode(), mtime=0))
        self._written.append(path)
