"""Pseudonyms: keyed hashes that stand in for members' ids from ingestion on, where a setting asks for them.

Nothing that is written behind the landing folder then holds an id of a member: not the lake, quarantine or ledgers, and
so no mart, page or list. Which values go with the ids is said here alone.
"""

from __future__ import annotations

import hashlib
import hmac
import re

import duckdb

from pipelines.contract import Log
from pipelines.home import Home
from pipelines.lake import manifest
from pipelines.lake.duck import trimmed
from pipelines.lake.sources import part_columns
from pipelines.privacy.keys import secret_key
from pipelines.settings import Settings

MEMBER_COLUMNS = ("member_id", "author_id", "target_member_id", "host_id", "member_a", "member_b")
"""Columns of the logs that name a member."""
OWN_KEYS = ("interaction_id", "feedback_id", "subscription_id", "payment_id", "action_id", "coupon_id")
"""Ids of what is one member's: nobody reads them, and systems like to make them of the member's id, as ``m17-1``."""
LEFT_OUT = ("comment", "display_name", "profile_url")
"""Columns that say who a member is, or that a member wrote for few to read."""

_PREFIX = "p-"
_DIGITS = 24
"""96 bits: among ten million members two share a pseudonym with a chance of 1 in 10^15."""
_BLOCK = 64
"""Bytes of a block of SHA-256, which HMAC pads its key to."""
_QUOTED = re.compile("'.*'|`.*`", re.DOTALL)


class MixedPseudonymsError(RuntimeError):
    """The lake holds ids of more than one kind, so that members would count twice; the message says what to run."""


def pseudonym(key: bytes, member_id: str) -> str:
    """Return what stands in for an id: the start of HMAC-SHA256 of the id, blanks around it removed."""
    return _PREFIX + hmac.new(key, trimmed(member_id).encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def known_as(settings: Settings, member_id: str) -> str:
    """Return the id by which the lake and all behind it know a member whom a log calls ``member_id``."""
    return pseudonym(_key(settings), member_id) if settings.pseudonyms else member_id


def mark(settings: Settings) -> str:
    """Return the part of a delivery's fingerprint that tells whether, and by which key, ids were replaced."""
    if not settings.pseudonyms:
        return ""
    kept = Home(settings.home).pseudonym_key
    is_there = settings.pseudonym_key.get_secret_value() or kept.exists()
    return "p" + (hashlib.sha256(b"guildbook pseudonym key\0" + _key(settings)).hexdigest()[:8] if is_there else "")


def staged_sql(con: duckdb.DuckDBPyConnection, settings: Settings, log: Log, staged: str) -> str:
    """Return the query ``staged`` of cast rows without what tells who a member is; as it is without the setting.

    The key is handed over as variables of the connection, since errors quote the text of a query.
    """
    if not settings.pseudonyms:
        return staged
    key = _key(settings)
    padded = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    con.execute("set variable pseudonym_inner = $1", [bytes(byte ^ 0x36 for byte in padded)])
    con.execute("set variable pseudonym_outer = $1", [bytes(byte ^ 0x5C for byte in padded)])
    own = [column.name for column in log.own_columns]
    replaced = [f"{pseudonym_sql(name)} as {name}" for name in (*MEMBER_COLUMNS, *OWN_KEYS) if name in own]
    left_out = [*(name for name in LEFT_OUT if name in own), "raw_text", "raw_sha256"]
    replaced += [f"null::varchar as {name}" for name in left_out]
    names = "list_transform(json_keys(extra), lambda name: to_json(name)::varchar || ':null')"
    replaced.append(f"'{{' || array_to_string({names}, ',') || '}}' as extra")
    replaced.append("regexp_replace(reason, '''.*''', '…', 's') as reason")
    hashed = ", ".join(part_columns(log))
    return f"""
        select * replace (hash({hashed}) as row_hash)
        from (select * replace ({", ".join(replaced)}) from ({staged}))
    """


def pseudonym_sql(column: str) -> str:
    """Return the expression that replaces an id; it needs the variables that ``staged_sql`` sets."""
    inner = f"unhex(sha256(getvariable('pseudonym_inner')::blob || encode({column})))"
    return f"'{_PREFIX}' || left(sha256(getvariable('pseudonym_outer')::blob || {inner}), {_DIGITS})"


def without_values(settings: Settings, reason: str) -> str:
    """Return why a file was refused; under pseudonyms without what it quotes, which may be a row that is no header."""
    return _QUOTED.sub("…", reason) if settings.pseudonyms else reason


def check_alike(home: Home, settings: Settings) -> None:
    """Raise ``MixedPseudonymsError`` where the lake holds days whose ids were not replaced as the settings ask for."""
    wanted = mark(settings)
    other = sorted(
        {(log, day) for (log, day), fingerprint in manifest.accepted(home).items() if _mark_of(fingerprint) != wanted},
        key=lambda one: one[::-1],
    )
    if other:
        (first_log, first), (_, last) = other[0], other[-1]
        how = "pseudonyms of this key" if wanted else "the logs' own ids"
        raise MixedPseudonymsError(
            f"{len(other):,} log days are in the lake without {how}, first {first_log} {first}, so members would count "
            f"twice: read all of them again with guildbook run --from {first} --to {last}; days whose files are gone "
            "have to be delivered again"
        )


def _mark_of(fingerprint: str) -> str:
    return "".join(fingerprint.split("-")[2:])


def _key(settings: Settings) -> bytes:
    return secret_key(settings.pseudonym_key, Home(settings.home).pseudonym_key)
