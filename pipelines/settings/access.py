"""Settings of who may see what. ``pipelines.settings.Settings`` includes them."""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings


class AccessSettings(BaseSettings):
    """Who reads what is published, and what it says of members."""

    readers_group: str = Field(
        "",
        description="Group of this machine that may read what is published, such as that of a web server; without one "
        "nobody but Guildbook's own user reads anything of the home.",
    )

    least_shown_count: int = Field(
        0,
        ge=0,
        le=1000,
        description="Least count of members that the pages show: smaller ones, what would tell them and rows about "
        "single members are left out; 0 shows all.",
    )
    pseudonyms: bool = Field(
        False,
        description="Whether ingestion replaces members' ids by keyed hashes; after a change all log days have to be "
        "read again.",
    )
    pseudonym_key: SecretStr = Field(
        SecretStr(""),
        description="Secret key of the pseudonyms; not set, the home folder keeps one of its own in `.pseudonym_key`.",
    )

    @field_validator("readers_group")
    @classmethod
    def _check_group(cls, value: str) -> str:
        if value:
            import grp  # noqa: PLC0415 - there is none where there are no groups

            try:
                grp.getgrnam(value)
            except KeyError as error:
                raise ValueError(f"this machine has no group {value}; groupadd {value} makes one") from error
        return value
