"""What each row of a Stack Exchange dump becomes: SQL from raw tables to prepared tables of the logs.

The raw tables are those of ``stackexchange_raw``; nothing is read or written here.
"""

from __future__ import annotations

from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from pipelines.connectors.prepare import Prepared, Problem, prepare
from pipelines.connectors.report import NotMapped
from pipelines.contract import ACTIONS, CONTENT, INTERACTIONS, MEMBERS, Log
from pipelines.sql import literal

_COMMUNITY_USER = "-1"

_POST_TYPES = {
    3: "wiki",
    4: "tag wiki excerpt",
    5: "tag wiki",
    6: "moderator nomination",
    7: "wiki placeholder",
    8: "privilege wiki",
}

_VOTE_TYPES = {
    4: "offensive",
    6: "close",
    7: "reopen",
    8: "bounty start",
    9: "bounty close",
    10: "deletion",
    11: "undeletion",
    12: "spam",
    15: "moderator review",
    16: "edit approval",
}

# A question's later versions: one per accept, which becomes known on its day and not before.
_ACCEPTED = """
    (
        select
            known_posts.* replace (dated_votes.position as position),
            dated_votes.acted_at as accepted_at,
            dated_votes.id as vote_id,
            dated_votes.post_id as answer_id,
            1 + row_number() over (
                partition by known_posts.id order by dated_votes.acted_at, dated_votes.position
            ) as version
        from dated_votes
        inner join known_posts on known_posts.id = dated_votes.question_id
        where dated_votes.type_id = '1'
            and dated_votes.post_type_id = '2'
            and dated_votes.acted_at is not null
    )
"""

# (file, what is said, raw table, which rows): rows that were written, but without a part.
_REMARKS = (
    (
        "Posts.xml",
        "answer written without parent: its question is not in the dump",
        "known_posts",
        "question_id is null",
    ),
    (
        "Posts.xml",
        "AcceptedAnswerId left out: no accept vote tells its day",
        "posts",
        """type_id = '1' and accepted_id is not null and accepted_id not in (
            select post_id
            from dated_votes
            where type_id = '1' and post_type_id = '2' and acted_at is not null
        )""",
    ),
    (
        "Comments.xml",
        "comment written without parent: its post is no question or answer in the dump",
        "comments",
        """id is not null and created_at is not null
        and coalesce(post_id, '') not in (select id from known_posts)""",
    ),
)


def _kind_reason(attribute: str, column: str, names: dict[int, str]) -> str:
    """SQL for "``attribute`` N (name) is not mapped"."""
    cases = " ".join(f"when '{number}' then ' ({name})'" for number, name in names.items())
    name = f"case {column} {cases} else '' end"
    return f"'{attribute} ' || coalesce({column}, '(none)') || {name} || ' is not mapped'"


@dataclass(frozen=True)
class _Rule:
    """Rows of one file that become rows of one log; SQL may use the macros of ``prepare_all``."""

    file: str
    log: Log
    rows: str
    columns: dict[str, str]
    problems: tuple[Problem, ...] = ()
    key: str = "id"


_POST = {
    "content_id": "post_id(id)",
    "occurred_at": "created_at",
    "kind": "case type_id when '1' then 'question' when '2' then 'answer' end",
    "published_at": "created_at",
    "author_id": "member_id(owner_id)",
    "parent_id": "case when type_id = '2' then post_id(question_id) end",
    "root_id": "post_id(question_id)",
    "title": "title",
    "n_chars": "n_chars",
    "tags": "tags",
    "accepted_answer_id": "cast(null as varchar)",
    "source_seq": "1",
}

_RULES = (
    _Rule(
        "Users.xml",
        MEMBERS,
        "users",
        {
            "member_id": "member_id(id)",
            "occurred_at": "created_at",
            "joined_at": "created_at",
            "role": f"case id when '{_COMMUNITY_USER}' then 'bot' else 'member' end",
            "display_name": "display_name",
        },
    ),
    _Rule(
        "Posts.xml",
        CONTENT,
        """(
            select posts.*, known_posts.question_id
            from posts
            left join known_posts on known_posts.id = posts.id
        )""",
        _POST,
        (Problem("coalesce(type_id, '') not in ('1', '2')", _kind_reason("PostTypeId", "type_id", _POST_TYPES)),),
    ),
    _Rule(
        "Votes.xml",
        CONTENT,
        _ACCEPTED,
        {
            **_POST,
            "occurred_at": "accepted_at",
            "accepted_answer_id": "post_id(answer_id)",
            "source_seq": "version",
        },
        key="vote_id",
    ),
    _Rule(
        "Comments.xml",
        CONTENT,
        """(
            select comments.*, known_posts.id as parent_id, known_posts.question_id
            from comments
            left join known_posts on known_posts.id = comments.post_id
        )""",
        {
            "content_id": "other_id('c', id)",
            "occurred_at": "created_at",
            "kind": "'comment'",
            "published_at": "created_at",
            "author_id": "member_id(user_id)",
            "parent_id": "post_id(parent_id)",
            "root_id": "post_id(question_id)",
            "n_chars": "n_chars",
        },
    ),
    _Rule(
        "Votes.xml",
        INTERACTIONS,
        """(
            select dated_votes.*, known_posts.owner_id as asker_id
            from dated_votes
            left join known_posts on known_posts.id = dated_votes.question_id
        )""",
        {
            "interaction_id": "other_id('v', id)",
            "occurred_at": "acted_at",
            "kind": "case type_id when '1' then 'accept' when '5' then 'bookmark' else 'vote' end",
            "member_id": "member_id(case type_id when '1' then asker_id when '5' then user_id end)",
            "content_id": "post_id(post_id)",
            "target_member_id": "case when type_id = '1' then member_id(post_owner_id) end",
            "value": "case type_id when '2' then 1 when '3' then -1 end",
        },
        (
            Problem(
                "coalesce(type_id, '') not in ('1', '2', '3', '5')",
                _kind_reason("VoteTypeId", "type_id", _VOTE_TYPES),
            ),
            Problem("post_type_id is null", "'its post is no question or answer in the dump'"),
            Problem("type_id = '1' and post_type_id <> '2'", "'accepts a post that is no answer'"),
            Problem("type_id = '5' and user_id is null", "'bookmark without UserId'"),
        ),
    ),
    _Rule(
        "Badges.xml",
        ACTIONS,
        "badges",
        {
            "action_id": "other_id('b', id)",
            "member_id": "member_id(user_id)",
            "occurred_at": "created_at",
            "kind": "'badge'",
        },
    ),
)


def prepare_all(connection: DuckDBPyConnection, source: str) -> list[Prepared]:
    """Create the prepared tables of every log from the raw tables; ids become ``<source>:<letter><Id>``."""
    name = literal(f"{source}:")
    connection.execute(f"create or replace temp macro other_id(letter, id) as {name} || letter || id")
    connection.execute("create or replace temp macro member_id(id) as other_id('u', id)")
    connection.execute("create or replace temp macro post_id(id) as other_id('p', id)")
    return [
        prepare(
            connection,
            table=f"prepared_{number}",
            file=rule.file,
            log=rule.log,
            rows=rule.rows,
            columns=rule.columns,
            problems=rule.problems,
            position="position",
            example=f"'Id ' || coalesce({rule.key}, '(none)')",
        )
        for number, rule in enumerate(_RULES)
    ]


def remarks(connection: DuckDBPyConnection) -> list[NotMapped]:
    """What was written without a part of it, from the tables that ``prepare_all`` made."""
    found = []
    for file, reason, table, condition in _REMARKS:
        ((count, example),) = connection.execute(
            f"select count(*), coalesce('Id ' || arg_min(id, position), '') from {table} where {condition}"
        ).fetchall()
        if count:
            found.append(NotMapped(file, reason, count, example))
    return found
