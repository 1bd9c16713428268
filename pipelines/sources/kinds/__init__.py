"""The kinds of sources there are: one file each."""

from pipelines.sources.kind import Kind
from pipelines.sources.kinds.discourse import DISCOURSE

KINDS: dict[str, Kind] = {"discourse": DISCOURSE}
"""Kinds by the name that a source file gives."""
