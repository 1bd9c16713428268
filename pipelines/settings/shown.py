"""Settings of how the community is shown to people; a part of :class:`pipelines.settings.Settings`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class ShownSettings(BaseSettings):
    """Names and language."""

    name: str = Field(
        "",
        max_length=100,
        description="Name of the community on pages and in messages; empty, the setting `community` is it.",
    )
    community: str = Field("community", description="Source name of rows that carry none.")
    language: Literal["", "en", "zh"] = Field(
        "",
        description="Language in which pages open and messages are written: `en` or `zh`; empty, pages open as the "
        "reader's browser says, and messages are English.",
    )

    show_names: bool = Field(
        True,
        description="Whether pages, lists, messages and the published database show what members are called beside "
        "their ids.",
    )

    @property
    def title(self) -> str:
        """What the community is called where people read."""
        return self.name.strip() or self.community
