"""Reads the JSON files of an export: one file, a folder, an archive, or a folder of any of these, in order of name."""

from __future__ import annotations

import json
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pipelines.reading.blocks import Rejected, Unpacked
from pipelines.sources.definition import SourceError
from pipelines.sources.kind import Pull

_AT_ONCE = 1 << 20
_MOST_MB = 500
"""Size of a file beyond which it is refused (MB): what is made of it would fill the memory."""
_BROKEN = (OSError, ValueError, zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, RuntimeError)
_ENDINGS = (".json", ".jsonl")
_TAR = (".tar", ".tar.gz", ".tgz")

_File = tuple[str, Callable[[], bytes]]
"""Where a file is, and what reads it."""


@dataclass(frozen=True)
class Document:
    """One JSON text of an export: the file that holds it, and what it says."""

    place: str
    name: str
    said: Any


def place(pull: Pull, path: Path) -> Path:
    """Return a path of a source's file, relative to that file where it is relative."""
    return pull.named.path.parent / path.expanduser()


def documents(pull: Pull, where: Path, wanted: Callable[[str], bool] = lambda _: True) -> Iterator[Document]:
    """Give what the files of an export say; a file may hold several texts, one after the other.

    Args:
        pull: The pull that reads.
        where: The export.
        wanted: Whether a file counts, by its name without folders.

    Raises:
        SourceError: A file cannot be read; names it.
    """
    found = False
    for at, read in _files(pull, where, wanted):
        found = True
        try:
            texts = _texts(read())
        except Rejected as reason:
            raise SourceError(f"{pull.named.name}: {at} {reason}") from reason
        except (*_BROKEN, RecursionError) as error:
            raise SourceError(
                f"{pull.named.name}: {at}: cannot be read as JSON ({error}); export it again or move it away"
            ) from error
        yield from (Document(at, Path(at).name, said) for said in texts)
    if not found:
        raise SourceError(
            f"{pull.named.name}: {where} holds no such file as an export has: correct export in {pull.named.path.name}"
        )


def _files(pull: Pull, where: Path, wanted: Callable[[str], bool]) -> Iterator[_File]:
    def counts(name: str) -> bool:
        return name.endswith(_ENDINGS) and name[0] not in "._" and wanted(name)

    paths = sorted(where.rglob("*")) if where.is_dir() else [where] if where.is_file() else []
    for path in paths:
        if path.is_file() and counts(path.name):
            yield str(path), lambda path=path: _read(path.open("rb"), lambda _: None)  # type: ignore[misc]
        elif path.suffix == ".zip":
            yield from _zipped(pull, path, counts)
        elif path.name.endswith(_TAR):
            yield from _tarred(pull, path, counts)


def _zipped(pull: Pull, path: Path, counts: Callable[[str], bool]) -> Iterator[_File]:
    unpacked = Unpacked(path, pull.settings)
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(f"{pull.named.name}: {path} cannot be read as .zip ({error}); download it again") from error
    with archive:
        for one in sorted(archive.infolist(), key=lambda one: one.filename):
            if not one.is_dir() and counts(Path(one.filename).name):
                yield f"{path}, {one.filename}", lambda one=one: _read(archive.open(one), unpacked.add)  # type: ignore[misc]


def _tarred(pull: Pull, path: Path, counts: Callable[[str], bool]) -> Iterator[_File]:
    """Give the files in the order of the archive, which is packed as a whole."""
    unpacked = Unpacked(path, pull.settings)
    try:
        with tarfile.open(path, "r|*") as archive:
            for one in archive:
                if one.isfile() and counts(Path(one.name).name):
                    stream = archive.extractfile(one)
                    assert stream is not None
                    yield f"{path}, {one.name}", lambda stream=stream: _read(stream, unpacked.add)  # type: ignore[misc]
    except (OSError, tarfile.TarError, zlib.error, EOFError) as error:
        raise SourceError(f"{pull.named.name}: {path} cannot be read as .tar ({error}); export it again") from error


def _read(stream: IO[bytes], count: Callable[[int], None]) -> bytes:
    body = bytearray()
    with stream:
        while part := stream.read(_AT_ONCE):
            count(len(part))
            body += part
            if len(body) > _MOST_MB * 1_000_000:
                raise Rejected(f"has more than {_MOST_MB} MB: export it in smaller parts")
    return bytes(body)


def _texts(body: bytes) -> list[Any]:
    """Return the JSON texts in a file: UTF-8 or what a byte order mark says, else the encoding of Chinese Windows."""
    try:
        text = body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        text = body.decode("gb18030")
    decoder, found, at = json.JSONDecoder(), [], 0
    text = text.strip("\ufeff \t\r\n")
    while at < len(text):
        said, at = decoder.raw_decode(text, at)
        found.append(said)
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
    if not found:
        raise ValueError("the file is empty")
    return found
