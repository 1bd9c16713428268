"""Looking for a person in every byte of a home, and at what its marts say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.reading.publication import open_published
from tests.support.erasure_house import ADA, ODD, deliveries
from tests.support.every_byte import holders
from tests.support.tiny_logs import days_between

if TYPE_CHECKING:
    from pathlib import Path

IDS = [ADA, ODD]
DAYS = days_between(min(day for _, day in deliveries()), max(day for _, day in deliveries()))
BY_TEXT = frozenset({"activation_steps", "cohort_activity", "cohort_value", "leaving_reasons"})
"""Marts that group by what members wrote: a group that was the person's alone has no name until it is built again."""
NEEDLES = ("ada.lovelace", "Neilbridge", "quince", "zephyr", "wombat", "yonder", "juggle", "kumquat", "tamarillo")
"""Parts of both ids and of each planted text that no way of escaping changes, too long to be there by chance."""


def found(root: Path) -> set[tuple[str, str]]:
    """Files below a folder that hold any of it, unpacked too, in UTF-8 or UTF-16."""
    wide = {
        (str(path.relative_to(root)), text)
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
        for text in NEEDLES
        if text.encode("utf-16-le") in path.read_bytes()
    }
    return wide | holders(root, NEEDLES)


def marts(database: Path, tombstones: dict[str, str]) -> dict[str, list[str]]:
    """Rows of every mart, ids replaced by tombstones, titles and names left out: those are gone."""
    with open_published(database) as con:
        names = "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
        tables = con.execute(names).fetchall()
        gone = "'title', 'referrer', 'display_name', 'profile_url'"
        rows = {}
        for (table,) in tables:
            left_out = f"{gone}, 'value'" if table in BY_TEXT else gone
            kept = f"columns(lambda c: c not in ({left_out}))"
            rows[table] = con.execute(f'select {kept} from marts."{table}"').fetchall()
    words = re.compile("|".join(map(re.escape, tombstones))) if tombstones else re.compile("(?!)")

    def mapped(value: object) -> object:
        return words.sub(lambda one: tombstones[one[0]], value) if isinstance(value, str) else value

    return {table: sorted(repr([mapped(value) for value in row]) for row in of) for table, of in rows.items()}
