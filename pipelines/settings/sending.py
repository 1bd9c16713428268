"""Settings of what is sent to people. ``pipelines.settings.Settings`` includes them."""

from __future__ import annotations

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings


class SendSettings(BaseSettings):
    """Whether messages leave this machine, and where their links lead."""

    send_enabled: bool = Field(
        False,
        description="Whether messages are really sent to the targets; until then `guildbook send` only shows them.",
    )
    site_url: str = Field(
        "",
        description="Address at which people open the report, such as `https://report.example.org`; without one "
        "messages name the page's file.",
    )

    @field_validator("site_url")
    @classmethod
    def _check_site(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("write an address that begins with https:// or http://")
        return value.rstrip("/")
