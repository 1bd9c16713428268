"""The sources that a home has: its files, read and checked."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from pipelines.connectors.leftovers import SOURCE
from pipelines.home import Home
from pipelines.reading.documents import DocumentError, read_document
from pipelines.settings import Settings
from pipelines.sources.definition import Named, SourceError
from pipelines.sources.kinds import KINDS, kind


class _OnlyKind(BaseModel):
    model_config = ConfigDict(extra="ignore")

    kind: str


def names(home: Home) -> list[str]:
    """Names of the sources that the home has a file of, sorted."""
    return sorted(path.stem for path in home.sources.glob("*.yaml") if not path.name.startswith((".", "_")))


def read(home: Home, name: str, settings: Settings) -> Named:
    """Read and check the file of a source.

    Raises:
        SourceError: There is none, its kind is unknown, or a key is wrong.
    """
    path = home.sources / f"{name}.yaml"
    if not path.is_file():
        there = ", ".join(names(home)) or "none"
        raise SourceError(f"{name}: there is no {path}; there is {there}")
    if not SOURCE.fullmatch(name):
        raise SourceError(f"{name}: a source is named by lower-case letters, digits and _; rename {path}")
    try:
        wanted = read_document(path, _OnlyKind, settings).kind
        if wanted not in KINDS:
            raise SourceError(f"{name}: kind {wanted!r} in {path.name} is none of {', '.join(KINDS)}")
        return Named(name, path, read_document(path, kind(wanted).model, settings))
    except DocumentError as error:
        raise SourceError(f"{name}: {error}") from error


def read_all(home: Home, settings: Settings) -> list[Named]:
    """Read every source of the home.

    Raises:
        SourceError: One is wrong, or two put the same prefix before their ids.
    """
    found = [read(home, name, settings) for name in names(home)]
    by_prefix: dict[str, str] = {}
    for one in found:
        if (other := by_prefix.setdefault(one.prefix, one.name)) != one.name:
            raise SourceError(
                f"{one.name}: its ids would be those of {other}, both begin with {one.prefix!r}; "
                f"give one of the two files another prefix"
            )
    return found
