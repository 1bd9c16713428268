"""States a link between two ids, or takes it back, as a file in the operator's own landing folder."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contract import IDENTITY_LINKS
from pipelines.faults import UserError
from pipelines.files import write_text
from pipelines.home import Home
from pipelines.lake.duck import trimmed
from pipelines.lake.sources import EMPTY_DAY
from pipelines.privacy.pseudonyms import known_as
from pipelines.settings import Settings
from pipelines.sql import files_below


class LinkError(UserError):
    """The two ids cannot be linked, or are not; the message says why."""


def write_link(home: Home, settings: Settings, one: str, other: str, day: date, *, revoke: bool = False) -> Path:
    """Write the one file that says of two ids, on a log day, that they are one person or no longer are.

    The file's name depends on the two ids alone and its rows on what other log days hold. So saying the same again
    changes nothing, and of a link and a revocation on one day the last counts. A revocation covers each source that
    stated the link.

    Args:
        home: Home folder; only ``landing/identity_links/<day>/`` is written.
        settings: Names the community's own source.
        one: An id, compared exactly with those of the logs; blanks around it are removed, as ingestion does.
        other: Another id.
        day: Log day of the statement, and the day it is made on.
        revoke: Whether the link is taken back.

    Raises:
        LinkError: The ids are equal or empty, or there is no such link to take back.
    """
    first, second = sorted_pair(one, other)
    known = sorted_pair(known_as(settings, first), known_as(settings, second))
    path = home.landing_day(IDENTITY_LINKS.name, day) / f"{link_name(*known)}.jsonl"  # ledgers name the file
    versions = _newest_numbers(home, *known, day)
    if revoke:
        if not versions and not list(path.parent.parent.glob(f"*/{path.name}")):
            raise LinkError(f"no link joins {one} and {other} themselves; marts.member_ids shows who is one person")
        sources = sorted({settings.community, *versions})
    else:
        sources = [settings.community]
    said: dict[str, Any] = {"member_a": first, "member_b": second, "occurred_at": f"{day}T00:00:00"}
    said["revoked_at" if revoke else "relation"] = f"{day}T00:00:00" if revoke else "same_person"
    rows = []
    for source in sources:
        newest = versions.get(source)
        rows.append(said | {"source": source} | ({} if newest is None else {"source_seq": newest + 1}))
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)
    return path


def link_name(one: str, other: str) -> str:
    """Return the name, without its ending, of the file that speaks of two ids: it depends on nothing but them."""
    return f"link-{hashlib.sha256(json.dumps(sorted((one, other))).encode()).hexdigest()[:16]}"


def sorted_pair(one: str, other: str) -> tuple[str, str]:
    """Return two ids in the order of their code points, without blanks around them.

    Raises:
        LinkError: One is empty, or they are equal.
    """
    first, second = sorted((trimmed(one), trimmed(other)))
    if not first:
        raise LinkError("an id is empty")
    if first == second:
        raise LinkError(f"{one} and {other} are one id; a link joins two different ones")
    return first, second


def _newest_numbers(home: Home, first: str, second: str, day: date) -> dict[str, int | None]:
    """Return source -> its highest source_seq for the pair on other log days than ``day``, in accepted rows."""
    folder = home.raw_part(IDENTITY_LINKS.name, EMPTY_DAY).parent.parent
    if not list(folder.glob("*/*.parquet")):
        return {}
    parts = files_below(folder, "*/*.parquet")
    with duckdb.connect() as con:
        rows = con.execute(
            f"""
            select source, max(source_seq)
            from read_parquet({parts}, hive_partitioning = true, hive_types = {{'log_day': date}})
            where least(member_a, member_b) = ? and greatest(member_a, member_b) = ? and log_day <> ?
            group by source
            """,
            [first, second, day],
        ).fetchall()
    return dict(rows)
