"""Streams the rows of a Stack Exchange dump out of its XML, in bounded memory. What the rows mean is said elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError  # only the error's type; defusedxml parses

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from pipelines.connectors.archive import BROKEN, Source, xml_files
from pipelines.connectors.report import ConnectorError, OnStep, unheard
from pipelines.reading.blocks import Rejected
from pipelines.settings.limits import LimitSettings, beyond

_BLOCK = 1 << 16


def dump_files(path: Path, limits: LimitSettings, on_step: OnStep = unheard) -> Iterator[tuple[str, Source]]:
    """Yield name and open stream of each XML file of the dump; use a stream before asking for the next.

    ``on_step`` hears how many bytes of it are read.

    Raises:
        ConnectorError: ``path`` is missing, of a kind that is not supported, broken, or holds a file twice.
    """
    seen: set[str] = set()
    for name, stream in xml_files(path, limits, on_step):
        if name in seen:
            raise ConnectorError(f"{path} holds {name} more than once; import one site at a time")
        seen.add(name)
        yield name, stream


def rows(name: str, stream: Source, limits: LimitSettings) -> Iterator[Mapping[str, str]]:
    """Yield the attributes of each ``row`` element of one file; memory does not grow with the file.

    Raises:
        ConnectorError: The XML is malformed, declares a document type or entities, or has a tag or levels beyond the
            limit; names file and line.
    """
    found = _Rows(limits.max_nesting)
    parser = DefusedXMLParser(target=found, forbid_dtd=True)
    n_fed = 0
    try:
        while block := stream.read(_BLOCK):
            parser.feed(block)
            n_fed += len(block)
            yield from found.take()
            if (pending := n_fed - parser.parser.CurrentByteIndex - _BLOCK) > limits.max_xml_tag_bytes:
                said = f"{name}, line {parser.parser.CurrentLineNumber}: a tag has {pending:,} bytes and more"
                raise ConnectorError(beyond(limits, "max_xml_tag_bytes", said, "no dump needs that: look at it"))
        parser.close()
    except Rejected as reason:
        raise ConnectorError(f"{name}: {reason}") from reason
    except ParseError as error:
        raise ConnectorError(
            f"{name}, line {error.position[0]}: malformed XML ({error}); download the dump again"
        ) from error
    except _TooDeepError as error:
        said = f"{name}, line {parser.parser.CurrentLineNumber}: tags are nested {error.depth:,} levels deep"
        raise ConnectorError(beyond(limits, "max_nesting", said, "no dump needs that: look at it")) from error
    except BROKEN as error:
        raise ConnectorError(f"{name} cannot be read to its end ({error}); download the dump again") from error
    except DefusedXmlException as error:
        line = parser.parser.CurrentLineNumber
        raise ConnectorError(
            f"{name}, line {line}: declares a document type or entities, which no dump needs and which can "
            "be an attack; get the dump from its publisher"
        ) from error


class _TooDeepError(Exception):
    """Tags are nested deeper than the limit: the parser keeps each until its end comes."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        super().__init__(depth)


class _Rows:
    """Takes what the parser finds: the attributes of rows, and nothing else, so that no tree grows."""

    def __init__(self, deepest: int) -> None:
        self._found: list[Mapping[str, str]] = []
        self._depth, self._deepest = 0, deepest

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > self._deepest:
            raise _TooDeepError(self._depth)
        if tag == "row":
            self._found.append(attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1  # nothing else is to be done: a row is whole when it starts

    def close(self) -> Any:  # noqa: ANN401 - what the parser asks of its target
        return None

    def take(self) -> list[Mapping[str, str]]:
        """Return the rows found since the last time."""
        found, self._found = self._found, []
        return found
