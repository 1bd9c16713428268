"""知识星球 (zsxq): topics, questions, comments and members of a group, from the JSON that its own tool prints."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from pipelines.sources.definition import Source
from pipelines.sources.kind import Kind, Pull, Tables, nothing_to_fetch, texts
from pipelines.sources.kinds import exported, zsxq_files
from pipelines.sources.kinds.chat import INTERACTION_COLUMNS, POST_COLUMNS
from pipelines.sources.kinds.chat_people import MEMBER_COLUMNS
from pipelines.sources.kinds.zsxq_group import Group


class ZsxqSource(Source):
    """What ``zsxq-cli`` printed of a group: a folder of files."""

    export: Path = Field(description="The folder of what zsxq-cli printed as JSON, or an archive of it.")
    talks_are: Literal["article", "comment"] = Field("article", description="What an ordinary topic is.")
    hosts: list[str] = Field([], description="Numbers of the users who run the group.")


def _check(pull: Pull) -> str:
    source = pull.named.source
    assert isinstance(source, ZsxqSource)
    found = zsxq_files.read(pull, source.export)
    return (
        f"{exported.place(pull, source.export)}: {len(found.topics):,} topics, {len(found.comments):,} comments, "
        f"{len(found.members):,} members"
    )


def _tables(pull: Pull) -> Tables:
    source = pull.named.source
    assert isinstance(source, ZsxqSource)
    group = Group(source, pull.named.prefix, zsxq_files.read(pull, source.export))
    made = {
        "posts": texts(POST_COLUMNS, group.chat.posts()),
        "interactions": texts(INTERACTION_COLUMNS, group.chat.interactions()),
        "members": texts((*MEMBER_COLUMNS, "expires_at"), group.members()),
    }
    return Tables(made, tuple(f"{pull.named.name}: {one}" for one in group.remarks()))


ZSXQ = Kind(ZsxqSource, nothing_to_fetch, _check, _tables, "zsxq.mapping.yaml")
