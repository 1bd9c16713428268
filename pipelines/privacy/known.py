"""Erased ids known again by a keyed hash, without being stored: the ledger of erasures and its secret key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping

from pydantic import SecretStr

from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.privacy.keys import secret_key

LEDGER = "erasures"


def id_hash(home: Home, member: str) -> str:
    """Return the hash of an id with the home's key, which is made when first asked for."""
    return hmac.new(_key(home), member.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


class Known:
    """Who was erased before, asked one id at a time; the ledger is read once."""

    def __init__(self, home: Home) -> None:
        """Read the ledger."""
        self._tombstones = {row["id_hash"]: row["tombstone"] for row in ledger.read(home, LEDGER).to_pylist()}
        self._home, self._asked = home, dict[str, str | None]()
        if not home.erasure_key.exists():
            self._tombstones = {}

    def __bool__(self) -> bool:
        """Whether anybody was."""
        return bool(self._tombstones)

    def of(self, member: str) -> str | None:
        """Return the tombstone of an id; None of one that was not erased."""
        if not self._tombstones:
            return None
        if member not in self._asked:
            self._asked[member] = self._tombstones.get(id_hash(self._home, member))
        return self._asked[member]


def tombstones(home: Home, ids: Iterable[str]) -> dict[str, str]:
    """Return those of the ids that were erased before, each with its tombstone."""
    known = Known(home)
    return {one: found for one in ids if (found := known.of(one))}


def record(home: Home, found: Mapping[str, str], common: Mapping[str, object]) -> None:
    """Log ids and what else the erased were called with their tombstones; the ids themselves are not stored."""
    rows = [dict(common) | {"tombstone": mark, "id_hash": id_hash(home, one)} for one, mark in found.items()]
    ledger.append(home, LEDGER, rows)


def erased_members(home: Home) -> frozenset[str]:
    """All tombstones: nobody of these is to be listed or contacted."""
    return frozenset(ledger.read(home, LEDGER)["tombstone"].to_pylist())


def _key(home: Home) -> bytes:
    return secret_key(SecretStr(""), home.erasure_key)
