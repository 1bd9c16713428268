"""Raw tables of a Stack Exchange dump: what is kept of each XML file, and how its rows get into DuckDB.

What a row means to a community is said in ``stackexchange_mapping``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
from duckdb import DuckDBPyConnection

_BATCH_ROWS = 5_000

_TIME = "try_strptime({}, ['%Y-%m-%dT%H:%M:%S.%g', '%Y-%m-%dT%H:%M:%S'])"

# File -> raw column -> SQL over the file's attributes. Whatever is as of the dump (Reputation, Score,
# ViewCount, LastAccessDate, counts) is left unread, so that it cannot reach a past day.
RAW_FILES: dict[str, dict[str, str]] = {
    "Users.xml": {"id": "Id", "created_at": _TIME.format("CreationDate"), "display_name": "DisplayName"},
    "Posts.xml": {
        "id": "Id",
        "type_id": "PostTypeId",
        "created_at": _TIME.format("CreationDate"),
        "owner_id": "OwnerUserId",
        "parent_id": "ParentId",
        "accepted_id": "AcceptedAnswerId",
        "title": "Title",
        "tags": "array_to_string(regexp_extract_all(Tags, '[^<>|]+'), '|')",
        "n_chars": "length(regexp_replace(Body, '<[^>]*>', '', 'g'))",
    },
    "Comments.xml": {
        "id": "Id",
        "created_at": _TIME.format("CreationDate"),
        "post_id": "PostId",
        "user_id": "UserId",
        "n_chars": 'length("Text")',
    },
    "Votes.xml": {
        "id": "Id",
        "type_id": "VoteTypeId",
        "created_at": _TIME.format("CreationDate"),
        "post_id": "PostId",
        "user_id": "UserId",
    },
    "Badges.xml": {"id": "Id", "created_at": _TIME.format('"Date"'), "user_id": "UserId"},
}

_ATTRIBUTES = (
    "Id",
    "CreationDate",
    "DisplayName",
    "Date",
    "PostTypeId",
    "OwnerUserId",
    "ParentId",
    "AcceptedAnswerId",
    "Title",
    "Tags",
    "Body",
    "PostId",
    "UserId",
    "Text",
    "VoteTypeId",
)

# Questions and answers, once each, with the question that their thread hangs on.
_KNOWN_POSTS = """
    create temp table known_posts as
    with
    mapped as (
        select distinct on (id) *
        from posts
        where id is not null and type_id in ('1', '2') and created_at is not null
        order by id, position
    )
    select mapped.*, question.id as question_id
    from mapped
    left join mapped as question
        on question.type_id = '1'
        and question.id = case mapped.type_id when '1' then mapped.id else mapped.parent_id end
"""

# Votes with their post. The dump gives the day of a vote without a time: noon keeps the calendar day in
# nearly all time zones, and an interaction with a post is never earlier than the post.
_DATED_VOTES = """
    create temp table dated_votes as
    select
        votes.*,
        case
            when votes.created_at is not null then greatest(
                known_posts.created_at,
                case
                    when votes.created_at <> date_trunc('day', votes.created_at) then votes.created_at
                    else votes.created_at + interval 12 hours
                end
            )
        end as acted_at,
        known_posts.type_id as post_type_id,
        known_posts.owner_id as post_owner_id,
        known_posts.question_id
    from votes
    left join known_posts on known_posts.id = votes.post_id
"""


def create_tables(connection: DuckDBPyConnection) -> None:
    """Create the raw table of every file, empty; Posts.xml becomes ``posts``, and so on."""
    connection.register("batch", _as_table([], 0))
    for name in RAW_FILES:
        connection.execute(f"create temp table {_table(name)} as {_select(name)}")
    connection.unregister("batch")


def load(connection: DuckDBPyConnection, name: str, rows: Iterator[Mapping[str, str]]) -> int:
    """Append the rows of file ``name`` to its raw table in batches; return how many there are."""
    n_rows = 0
    while batch := list(itertools.islice(rows, _BATCH_ROWS)):
        connection.register("batch", _as_table(batch, n_rows))
        connection.execute(f"insert into {_table(name)} {_select(name)}")
        connection.unregister("batch")
        n_rows += len(batch)
    return n_rows


def link(connection: DuckDBPyConnection) -> None:
    """Once all files are loaded, create ``known_posts`` and ``dated_votes``."""
    connection.execute(_KNOWN_POSTS)
    connection.execute(_DATED_VOTES)


def _table(name: str) -> str:
    return name.removesuffix(".xml").lower()


def _select(name: str) -> str:
    columns = ", ".join(f"{expression} as {column}" for column, expression in RAW_FILES[name].items())
    return f"select {columns}, position from batch"


def _as_table(batch: Sequence[Mapping[str, str]], first: int) -> pa.Table:
    """One text column per attribute, empty ones null, and ``position``, the row's number in its file."""
    columns = {name: pa.array([row.get(name) or None for row in batch], pa.string()) for name in _ATTRIBUTES}
    return pa.table({**columns, "position": pa.array(range(first + 1, first + len(batch) + 1), pa.int64())})
