"""Slack: messages, threads, reactions and members of a workspace, from its export."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from pipelines.sources.kind import Kind, Pull, Tables, nothing_to_fetch
from pipelines.sources.kinds import slack_files, slack_tables
from pipelines.sources.kinds.chat import ChatSource


class SlackSource(ChatSource):
    """An export of a workspace: the archive that Slack sends, unpacked or not, or a folder of several."""

    export: Path = Field(description="The .zip, the unpacked folder, or a folder that holds several of them.")
    private_channels: bool = Field(False, description="Whether private channels count; direct messages never do.")


def _check(pull: Pull) -> str:
    exports = slack_files.read(pull)
    n_messages = sum(len(messages) for export in exports for messages in export.messages.values())
    n_channels = len({id_ for export in exports for id_ in export.channels})
    n_people = len({id_ for export in exports for id_ in export.users})
    return (
        f"{slack_files.place(pull)}: {n_messages:,} messages in {n_channels:,} channels, {n_people:,} people and bots"
    )


def _tables(pull: Pull) -> Tables:
    return slack_tables.tables(pull, slack_files.read(pull))


SLACK = Kind(SlackSource, nothing_to_fetch, _check, _tables, "slack.mapping.yaml")
