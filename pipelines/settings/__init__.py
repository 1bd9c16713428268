"""Every setting of Guildbook, typed, read from the environment with the prefix ``GUILDBOOK_``.

What the environment does not say may stand in ``settings.env`` or ``guildbook.toml`` in the home folder. Nothing else
in the project reads the environment. ``docs/settings.md`` is generated from this module.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tomlkit
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from pipelines.files import write_text
from pipelines.settings import given
from pipelines.settings.access import AccessSettings
from pipelines.settings.churn import ChurnSettings
from pipelines.settings.engine import EngineSettings
from pipelines.settings.erasure import ErasureSettings
from pipelines.settings.given import HOME_FILE, SETTINGS_FILE, SettingsError
from pipelines.settings.history import HistorySettings
from pipelines.settings.limits import LimitSettings
from pipelines.settings.plans import PlanSettings
from pipelines.settings.relations import RelationSettings
from pipelines.settings.retention import RetentionSettings
from pipelines.settings.sending import SendSettings
from pipelines.settings.shapes import ShapeSettings
from pipelines.settings.shown import ShownSettings
from pipelines.settings.today import TodaySettings

__all__ = [
    "HOME_FILE",
    "PROJECT_DIR",
    "SECRETS",
    "SETTINGS_FILE",
    "Settings",
    "SettingsError",
    "get_settings",
    "keep_setting",
    "named_language",
]

PROJECT_DIR = Path(__file__).resolve().parents[2]
_DEFAULT_HOME = Path("data")


class Settings(
    AccessSettings,
    ChurnSettings,
    EngineSettings,
    ErasureSettings,
    HistorySettings,
    LimitSettings,
    PlanSettings,
    RelationSettings,
    RetentionSettings,
    SendSettings,
    ShapeSettings,
    ShownSettings,
    TodaySettings,
):
    """Settings of one community; each field is the variable ``GUILDBOOK_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="GUILDBOOK_", frozen=True, extra="ignore", hide_input_in_errors=True)

    home: Path = Field(
        _DEFAULT_HOME, description="Folder of everything Guildbook keeps: landing, lake, warehouse, publications."
    )
    timezone: str = Field("Asia/Shanghai", description="IANA time zone of the community: it decides what a day is.")
    first_log_day: date = Field(date(2015, 1, 1), description="First log day (partition) that can be ingested.")
    engagement_windows: Annotated[tuple[int, ...], NoDecode] = Field(
        (30,), description="Trailing windows of the engagement score, in days, separated by commas."
    )
    engagement_high: float = Field(0.6, ge=0, description="Engagement R from which a member's activity level is high.")
    engagement_medium: float = Field(
        0.2, ge=0, description="Engagement R from which a member's activity level is medium."
    )
    active_by_events: bool = Field(
        False,
        description="Whether registering for an event and attending it make a member active, each once and on its day, "
        "as contents and interactions do. For communities whose events say more than their interactions.",
    )
    max_quarantine_share: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Share of a log day's delivered rows that may be quarantined before the day is withheld.",
    )
    max_null_member_share: float = Field(
        0.99,
        ge=0,
        le=1,
        description="Share of a log's first rows that may name nobody (`member_id` of interactions, `author_id` of "
        "content) before they are withheld; 1 where nobody is ever named.",
    )
    max_null_member_rise: float = Field(
        0.25,
        ge=0,
        le=1,
        description="How far that share of a log day may rise above the log's usual one before the day is withheld.",
    )
    max_calibration_error: float = Field(
        0.10,
        gt=0,
        le=1,
        description="Mean gap between predicted and observed churn from which gate 3 blocks.",
    )
    max_base_rate_shift: float = Field(
        0.25,
        gt=0,
        le=1,
        description="Mean predicted churn less the churn trained on, either way, from which gate 3 blocks.",
    )
    publications_kept: int = Field(3, ge=1, description="Publications kept for rollback, the current one included.")
    min_free_disk_gb: float = Field(1.0, ge=0, description="Free disk (GB) below which a run refuses to start.")
    max_run_hours: float = Field(
        6,
        gt=0,
        le=168,
        description="Hours after which a run that is still at work is ended; the next one does its work.",
    )
    daily_hour: int = Field(6, ge=0, le=23, description="Hour of the daily run, in the community's time zone.")
    alert_command: SecretStr = Field(
        SecretStr(""),
        description="Shell command that gets a failed or missing run's message as JSON on standard input.",
    )

    @field_validator("engagement_windows", mode="before")
    @classmethod
    def _split_windows(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("engagement_windows")
    @classmethod
    def _check_windows(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not value or any(not 2 <= days <= 366 for days in value):
            raise ValueError("give windows of 2 to 366 days, for example 30,90")
        return tuple(sorted(set(value)))

    @field_validator("timezone")
    @classmethod
    def _check_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no IANA time zone; write one such as Asia/Shanghai or UTC") from error
        return value

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()


SECRETS = frozenset(name for name, field in Settings.model_fields.items() if field.annotation is SecretStr)
"""Settings whose values are shown nowhere and handed on to nobody."""


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Settings of this process, read once: the environment's, then those of the home folder's files.

    Raises:
        UserError: A file of the home cannot be read.
        SettingsError: Settings are wrong; each is named with where it is given.
    """
    home = _home()
    path = home / SETTINGS_FILE
    variables = given.read_variables(path, Settings.model_fields)
    in_file = given.read_home_file(home / HOME_FILE, Settings.model_fields)
    before = given.given_by_environment() | variables.keys()
    values = {name: one.value for name, one in in_file.items() if name not in before}
    try:
        return Settings(home=home, _env_file=path, **values)
    except ValidationError as error:
        places = {name: one.place for name, one in in_file.items()} | variables
        places |= {name: f"GUILDBOOK_{name.upper()}" for name in given.given_by_environment()}
        said = [(str(one["loc"][0]), one["msg"].removeprefix("Value error, ")) for one in error.errors()]
        raise SettingsError([f"{places.get(name, name)}: {message}" for name, message in said]) from error


def named_language() -> str:
    """Return the language that settings name, even where others are wrong; empty where they name none."""
    return given.named_language(_home())


def keep_setting(settings: Settings, name: str, value: bool) -> bool:
    """Write a setting to the home folder's file; False, and nothing is written, where it has been given already."""
    if name in settings.model_fields_set:
        return False
    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / HOME_FILE
    document = tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else "")
    document[name] = value
    write_text(path, tomlkit.dumps(document))
    return True


def _home() -> Path:
    return (given.home_folder() or _DEFAULT_HOME).expanduser().resolve()
