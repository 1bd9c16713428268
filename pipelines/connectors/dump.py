"""Streams the rows of a Stack Exchange dump: a folder or an archive of XML files, read in bounded memory.

Archives are never unpacked to disk, so nothing in them can name a path. What the rows mean is said elsewhere.
"""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import ParseError  # only the error's type; defusedxml parses

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, iterparse

from pipelines.connectors.report import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BROKEN_ARCHIVE = (tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError, OSError)


def dump_files(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield name and open stream of each XML file of the dump; use a stream before asking for the next.

    Raises:
        ConnectorError: ``path`` is missing, of a kind that is not supported, broken, or holds a file twice.
    """
    seen: set[str] = set()
    for name, stream in _files(path):
        if name in seen:
            raise ConnectorError(f"{path} holds {name} more than once; import one site at a time")
        seen.add(name)
        yield name, stream


def rows(name: str, stream: IO[bytes]) -> Iterator[Mapping[str, str]]:
    """Yield the attributes of each ``row`` element of one file; memory does not grow with the file.

    Raises:
        ConnectorError: The XML is malformed, or declares a document type or entities; names file and line.
    """
    parser = DefusedXMLParser(forbid_dtd=True)
    try:
        events = iterparse(stream, events=("start", "end"), parser=parser)
        _, root = next(events)
        for event, element in events:
            if event == "end" and element.tag == "row":
                yield element.attrib
                root.clear()
    except ParseError as error:
        raise ConnectorError(
            f"{name}, line {error.position[0]}: malformed XML ({error}); download the dump again"
        ) from error
    except _BROKEN_ARCHIVE as error:
        raise ConnectorError(f"{name} cannot be read to its end ({error}); download the dump again") from error
    except DefusedXmlException as error:
        line = parser.parser.CurrentLineNumber
        raise ConnectorError(
            f"{name}, line {line}: declares a document type or entities, which no dump needs and which can "
            "be an attack; get the dump from its publisher"
        ) from error


def _files(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    if path.is_dir():
        for file in sorted(path.glob("*.xml")):
            with file.open("rb") as stream:
                yield file.name, stream
    elif not path.is_file():
        raise ConnectorError(f"{path} does not exist; give a folder with Posts.xml or an archive of one")
    elif path.suffix == ".7z":
        raise ConnectorError(
            f"{path.name}: 7-Zip archives are not supported; unpack it (7z x {path.name}) and give the folder"
        )
    elif path.suffix == ".zip":
        yield from _zip_files(path)
    else:
        yield from _tar_files(path)


def _zip_files(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with _readable(path), zipfile.ZipFile(path) as archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            if member.filename.endswith(".xml"):
                with archive.open(member) as stream:
                    yield PurePosixPath(member.filename).name, stream


def _tar_files(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with _readable(path), tarfile.open(path, "r|*") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isreg() and member.name.endswith(".xml") else None
            if stream is not None:
                yield PurePosixPath(member.name).name, stream


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except _BROKEN_ARCHIVE as error:
        raise ConnectorError(
            f"{path.name} cannot be read as .tar, .tar.xz, .tar.gz, .tar.bz2 or .zip ({error}); download it again"
        ) from error
