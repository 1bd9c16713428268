"""The kinds of sources there are: one module each, loaded when a source of it is read."""

from __future__ import annotations

from importlib import import_module

from pipelines.sources.definition import SourceError
from pipelines.sources.kind import Kind

KINDS = ("database", "discord", "discourse", "exports", "feed", "github", "html", "slack", "zsxq", "zulip")
"""Names of the kinds; a kind's module has it under the same name in capitals."""


def kind(name: str) -> Kind:
    """Return a kind by its name.

    Raises:
        SourceError: A package that it needs is not installed.
    """
    try:
        module = import_module(f"pipelines.sources.kinds.{name}")
    except ImportError as error:
        raise SourceError(f"sources of kind {name} need more packages: pip install 'guildbook[sources]'") from error
    found: Kind = getattr(module, name.upper())
    return found
