"""Erased ids known again by a keyed hash, without being stored: the ledger of erasures and its secret key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from pydantic import SecretStr

from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.privacy.keys import secret_key

LEDGER = "erasures"


def id_hash(home: Home, member: str) -> str:
    """Return the hash of an id with the home's key, which is made when first asked for."""
    return hmac.new(_key(home), member.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def tombstones(home: Home, ids: Iterable[str]) -> dict[str, str]:
    """Return those of the ids that were erased before, each with its tombstone."""
    of_hash = {row["id_hash"]: row["tombstone"] for row in ledger.read(home, LEDGER).to_pylist()}
    if not of_hash or not home.erasure_key.exists():
        return {}
    return {one: found for one in ids if (found := of_hash.get(id_hash(home, one)))}


def erased_members(home: Home) -> frozenset[str]:
    """All tombstones: nobody of these is to be listed or contacted."""
    return frozenset(ledger.read(home, LEDGER)["tombstone"].to_pylist())


def _key(home: Home) -> bytes:
    return secret_key(SecretStr(""), home.erasure_key)
