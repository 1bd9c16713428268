"""Settings of how the community is shown to people; a part of :class:`pipelines.settings.Settings`."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

_OWNER = re.compile(r"team:\S.*|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,7}")
"""What Dagster takes for an owner."""


class ShownSettings(BaseSettings):
    """Names, language and owner."""

    name: str = Field(
        "",
        max_length=100,
        description="Name of the community on pages and in messages; empty, the setting `community` is it.",
    )
    community: str = Field("community", description="Source name of rows that carry none.")
    language: Literal["", "en", "zh"] = Field(
        "",
        description="Language in which pages open, messages are written and the command speaks: `en` or `zh`; empty, "
        "pages open as the reader's browser says, and messages and the command are English.",
    )

    show_names: bool = Field(
        True,
        description="Whether pages, lists, messages and the published database show what members are called beside "
        "their ids.",
    )

    owner: str = Field(
        "team:operators",
        description="Who looks after the pipeline, as Dagster shows it beside each asset: an e-mail address, or "
        "`team:` and a name.",
    )

    @field_validator("owner")
    @classmethod
    def _check_owner(cls, value: str) -> str:
        if not _OWNER.fullmatch(value):
            raise ValueError("write an e-mail address, or team: and the team's name")
        return value

    @property
    def title(self) -> str:
        """What the community is called where people read."""
        return self.name.strip() or self.community
