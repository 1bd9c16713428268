"""Every setting of Guildbook, typed, read from the environment with the prefix ``GUILDBOOK_``.

What the environment does not say may stand in ``settings.env`` in the home folder. Nothing else in the project reads
the environment. ``docs/settings.md`` is generated from this module.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv.parser import parse_stream
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from pipelines.faults import UserError, brief
from pipelines.settings.access import AccessSettings
from pipelines.settings.erasure import ErasureSettings
from pipelines.settings.limits import LimitSettings
from pipelines.settings.relations import RelationSettings
from pipelines.settings.shapes import ShapeSettings

PROJECT_DIR = Path(__file__).resolve().parents[2]
SETTINGS_FILE = "settings.env"
"""File in the home folder with settings of its own, one ``GUILDBOOK_NAME=value`` a line."""


class Settings(AccessSettings, ErasureSettings, LimitSettings, RelationSettings, ShapeSettings):
    """Settings of one community; each field is the variable ``GUILDBOOK_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="GUILDBOOK_", frozen=True, extra="ignore", hide_input_in_errors=True)

    home: Path = Field(
        Path("data"), description="Folder of everything Guildbook keeps: landing, lake, warehouse, publications."
    )
    timezone: str = Field("Asia/Shanghai", description="IANA time zone of the community: it decides what a day is.")
    community: str = Field("community", description="Source name of rows that carry none.")
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
    churn_horizon_days: int = Field(
        30, ge=7, le=365, description="Days without activity after which a member counts as churned (H)."
    )
    renewal_grace_days: int = Field(
        7, ge=0, le=90, description="Days after a paid term's end within which a renewal still counts as one."
    )
    churn_cutoff_step_days: int = Field(
        30, ge=7, le=365, description="Days from one cut-off of the churn model to the next."
    )
    churn_test_cutoffs: int = Field(12, ge=1, description="Latest cut-offs, on which the churn model is tested.")
    churn_min_churners: int = Field(
        100, ge=1, description="Past churners needed before a model is trained instead of the rule."
    )
    training_interval_days: int = Field(7, ge=1, description="Days after which the churn model is trained again.")
    seed: int = Field(7, ge=0, description="Seed of the churn model's random choices.")
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
    retention_capacity: int = Field(
        20, ge=0, le=10_000, description="Members a day who can be contacted: as many are treated on the day's list."
    )
    retention_least_risk: float = Field(
        0.3, ge=0, le=1, description="Risk of churn below which nobody is listed; places may stay free."
    )
    retention_least_risk_ratio: float = Field(
        2.0,
        ge=0,
        description="Times the usual share that churns below which nobody is listed; high risk is always enough.",
    )
    retention_held_out_share: float = Field(
        0.3,
        ge=0,
        le=0.9,
        description="Chance that a listed member goes to the control arm, so that the effect can be measured.",
    )
    retention_cool_down_days: int = Field(
        30, ge=1, le=365, description="Days after being listed or contacted for which a member is not listed again."
    )
    retention_campaign: str = Field(
        "retention-1",
        pattern=r"^[A-Za-z0-9_-]+$",
        description="Campaign of the lists; with another name arms are drawn again.",
    )
    retention_least_randomised: int = Field(
        100,
        ge=2,
        description="Members per arm, definition of churn and risk band, outcome known, from which lists are ranked by "
        "measured effect.",
    )
    treated_shares: Annotated[dict[str, float], NoDecode] = Field(
        {},
        description="Planned shares of treated members in campaigns whose arms you draw, as `may-call=0.8,june=0.7`; "
        "one half where not named. The ratio check compares with them.",
    )
    judgement_days: Annotated[dict[str, date], NoDecode] = Field(
        {},
        description="Days on which campaigns are judged once, as `june=2026-07-15`, each named before the campaign's "
        "first outcome is known; a campaign without one is judged every morning.",
    )
    arm_key: SecretStr = Field(
        SecretStr(""),
        description="Secret key of the draw into arms; not set, the home folder keeps one of its own in `.arm_key`.",
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
        return tuple(int(part) for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("engagement_windows")
    @classmethod
    def _check_windows(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not value or any(not 2 <= days <= 366 for days in value):
            raise ValueError("give windows of 2 to 366 days, for example 30,90")
        return tuple(sorted(set(value)))

    @field_validator("treated_shares", "judgement_days", mode="before")
    @classmethod
    def _split_pairs(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [pair.strip().rpartition("=") for pair in value.split(",") if pair.strip()]
        return {campaign.strip(): named for campaign, _, named in pairs}

    @field_validator("treated_shares")
    @classmethod
    def _check_shares(cls, value: dict[str, float]) -> dict[str, float]:
        for campaign, share in value.items():
            if not campaign or not 0 < share < 1:
                raise ValueError(f"{campaign or 'a share'}: name a campaign and a share between 0 and 1, as june=0.7")
        return value

    @field_validator("judgement_days")
    @classmethod
    def _check_judgement_days(cls, value: dict[str, date]) -> dict[str, date]:
        if "" in value:
            raise ValueError("name a campaign and a day, as june=2026-07-15")
        return value

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
    """Settings of this process, read once: the environment's, then those of the home folder's file."""
    home = Settings().home
    path = home / SETTINGS_FILE
    try:
        if path.exists():
            _check_lines(path)
        return Settings(home=home, _env_file=path)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read ({brief(str(error))}): mend it, or move it away") from error


def _check_lines(path: Path) -> None:
    """Raise ``UserError`` on a line that sets nothing; its reader would pass over it."""
    with path.open(encoding="utf-8") as stream:
        for one in parse_stream(stream):
            if one.error or (one.key and one.value is None):
                raise UserError(
                    f"{path}:{one.original.line} is no setting: write GUILDBOOK_NAME=value, or begin the line with #"
                )


def keep_setting(settings: Settings, name: str, value: bool) -> bool:
    """Write a setting to the home folder's file; False, and nothing is written, where it has been given already."""
    if name in settings.model_fields_set:
        return False
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / SETTINGS_FILE).open("a", encoding="utf-8") as stream:
        stream.write(f"GUILDBOOK_{name.upper()}={str(value).lower()}\n")
    return True
