"""Where the page of one member, piece or event lies in a site: by a digest, since an id may hold anything.

An erasure finds the page of an erased member, and links to it, by the same name.
"""

from __future__ import annotations

import hashlib

MEMBER, PIECE, EVENT = "member", "piece", "event"
KINDS = (MEMBER, PIECE, EVENT)

ASKED = "asked"
"""Folder of pages that somebody asked for: they are no part of the publication that they lie beside."""


def own_page(kind: str, id_: str) -> str:
    """Return the place of a page below the site."""
    return f"{kind}/{_digest(id_)}.html"


def asked_page(kind: str, id_: str) -> str:
    """Return the place of a page that somebody asked for."""
    return f"{ASKED}/{kind}-{_digest(id_)}.html"


def _digest(id_: str) -> str:
    return hashlib.sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()[:20]
