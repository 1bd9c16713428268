"""Discord: messages, threads, forum posts, reactions and members of a server, from the JSON of DiscordChatExporter."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from pipelines.sources.kind import Kind, Pull, Tables, nothing_to_fetch, texts
from pipelines.sources.kinds import discord_files, exported
from pipelines.sources.kinds.chat import INTERACTION_COLUMNS, POST_COLUMNS, ChatSource
from pipelines.sources.kinds.chat_people import MEMBER_COLUMNS
from pipelines.sources.kinds.discord_server import Server


class DiscordSource(ChatSource):
    """What was exported of a server: a folder of files, one per channel or thread, or an archive of it."""

    export: Path = Field(description="A folder of exports as JSON, one of them, or an archive of such a folder.")
    private_threads: bool = Field(False, description="Whether private threads count; direct messages never do.")
    moderators: list[str] = Field([], description="Roles of the server whose bearers are moderators.")
    plans: dict[str, str] = Field({}, description="Role of the server -> the paid plan that its bearers have.")


def _check(pull: Pull) -> str:
    source = pull.named.source
    assert isinstance(source, DiscordSource)
    files = discord_files.read(pull, source.export)
    n_messages = sum(len(one.messages) for one in files)
    n_channels = len({one.channel for one in files})
    return f"{exported.place(pull, source.export)}: {n_messages:,} messages in {n_channels:,} channels and threads"


def _tables(pull: Pull) -> Tables:
    source = pull.named.source
    assert isinstance(source, DiscordSource)
    server = Server(source, pull.named.prefix, discord_files.read(pull, source.export))
    made = {
        "posts": texts(POST_COLUMNS, server.chat.posts()),
        "interactions": texts(INTERACTION_COLUMNS, server.chat.interactions()),
        "members": texts(MEMBER_COLUMNS, server.people.rows()),
    }
    return Tables(made, tuple(f"{pull.named.name}: {one}" for one in server.remarks()))


DISCORD = Kind(DiscordSource, nothing_to_fetch, _check, _tables, "discord.mapping.yaml")
