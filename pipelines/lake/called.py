"""What members are called, as the publication that is up says it; nothing where names are not shown or not known."""

from __future__ import annotations

from collections.abc import Collection

from pipelines.home import Home
from pipelines.reading import sums
from pipelines.reading.publication import open_published

_COLUMNS = "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = 'dim_members'"


def called(home: Home, ids: Collection[str]) -> dict[str, tuple[str | None, str | None]]:
    """Return name and address of the own page of these members, of those who have either."""
    if not ids or (database := sums.published(home)) is None:
        return {}
    with open_published(database) as con:
        columns = {name for (name,) in con.execute(_COLUMNS).fetchall()}
        if not {"display_name", "profile_url"} <= columns:  # it was published before there were names
            return {}
        rows = con.execute(
            "select member_id, display_name, profile_url from marts.dim_members "
            "where list_contains($1, member_id) and coalesce(display_name, profile_url) is not null",
            [sorted(ids)],
        ).fetchall()
    return {member: (name, url) for member, name, url in rows}
