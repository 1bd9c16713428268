"""A folder that gets a file a message, named by its key: who writes it twice writes the same one. A list is a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.files import forget_unfinished, write_text
from pipelines.retention.export import as_csv
from pipelines.sending.message import Letter
from pipelines.sending.ways import NotSentError
from pipelines.sending.ways.post import payload_of


@dataclass(frozen=True)
class FileWay:
    """One folder."""

    community: str
    folder: Path
    as_json: bool = False
    knows_again: bool = True

    def send(self, letter: Letter) -> str:
        """Write the letter whole; returns the file."""
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", letter.key)
        ending, text = "txt", f"{letter.title}\n\n{letter.text}"
        if self.as_json:
            ending, text = "json", payload_of(letter, self.community).model_dump_json(indent=2)
        elif letter.rows is not None:
            ending, text = "csv", as_csv(letter.rows)
        path = self.folder / f"{name}.{ending}"
        try:
            forget_unfinished(path)
            write_text(path, f"{text.rstrip()}\n")
        except OSError as error:
            raise NotSentError(
                f"{path} cannot be written ({error.strerror or error}): check folder", again=True
            ) from None
        return str(path)
