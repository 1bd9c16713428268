"""Zulip: messages, topics, reactions, mentions and members of an organisation, from its export."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from pipelines.sources.kind import Kind, Pull, Tables, nothing_to_fetch, texts
from pipelines.sources.kinds import exported, zulip_files
from pipelines.sources.kinds.chat import INTERACTION_COLUMNS, POST_COLUMNS, ChatSource
from pipelines.sources.kinds.chat_people import MEMBER_COLUMNS
from pipelines.sources.kinds.zulip_realm import Realm


class ZulipSource(ChatSource):
    """An export of an organisation, unpacked or not, or a folder of several."""

    export: Path = Field(description="The .tar.gz, the unpacked folder, or a folder that holds several of them.")
    private_channels: bool = Field(False, description="Whether private channels count; direct messages never do.")
    accepted_by: list[str] = Field(["✅", "✔"], description="Reactions by which who asked accepts an answer.")


def _check(pull: Pull) -> str:
    source = pull.named.source
    assert isinstance(source, ZulipSource)
    found = zulip_files.read(pull, source.export)
    return (
        f"{exported.place(pull, source.export)}: {len(found.messages):,} messages in {len(found.streams):,} channels, "
        f"{len(found.users):,} people and bots"
    )


def _tables(pull: Pull) -> Tables:
    source = pull.named.source
    assert isinstance(source, ZulipSource)
    realm = Realm(source, pull.named.prefix, zulip_files.read(pull, source.export))
    made = {
        "posts": texts(POST_COLUMNS, realm.chat.posts()),
        "interactions": texts(INTERACTION_COLUMNS, realm.chat.interactions()),
        "members": texts(MEMBER_COLUMNS, realm.people.rows()),
    }
    return Tables(made, tuple(f"{pull.named.name}: {one}" for one in realm.remarks()))


ZULIP = Kind(ZulipSource, nothing_to_fetch, _check, _tables, "zulip.mapping.yaml")
