"""What the catalogue says of a metric, and how ``catalogue.yaml`` is read. No query of it lives here."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipelines.reading.documents import read_document

CATALOGUE = Path(__file__).with_name("catalogue.yaml")

ACTIVITY = "activity"
"""Stands among ``needs`` for the logs that make members active; one of them is enough."""

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")]


class Strict(BaseModel):
    """Part of the catalogue: every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Strict):
    """The same words in English and in Chinese."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


class Grain(StrEnum):
    """The span that one value of a metric is about, from short to long; ``now`` is the last day alone."""

    NOW = "now"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ALL = "all"


class AddsUp(StrEnum):
    """How values of several days or months become one."""

    SUM = "sum"
    LAST = "last"
    MEAN = "mean"
    RATIO = "ratio"
    DISTINCT = "distinct"
    NONE = "none"


class Range(Strict):
    """Where others say that a metric should lie, and who says so."""

    low: float | None = None
    high: float | None = None
    said: Words
    source: str = Field(pattern=r"^https?://")


class Metric(Strict):
    """One metric.

    Attributes:
        subject: Folder of the mart, as the pages of the marts are grouped.
        name: What pages call it.
        meaning: One sentence that defines it.
        mart: Published table that it is read from.
        grain: What one value is about; no shorter span can be asked for.
        time: Column of the mart that says when; none for a figure of the last day.
        value: SQL over a row of the mart; a ratio has ``numerator`` and ``denominator`` instead.
        adds_up: How values of a longer period become one.
        filters: Conditions on the rows of the mart.
        all_filters: Conditions in their place for all time, where the mart has rows of it.
        always_by: Columns that values of are never added over, such as a currency.
        dimensions: Columns by which it can be divided.
        unit: What it counts: members, a share, minor units of a currency.
        better: Which way is good news.
        n: SQL over a row: of how many it is a rate or mean; the denominator where it is not given.
        min_n: Least n from which it says more than a count.
        needs: Logs without which it is not collected; none where any log will do.
        fact: Fact of ``collected_facts`` without which it is not collected.
        whole: SQL over a row: whether nothing of it is missing.
        settles_days: Days after a period until all that it counts is known.
        healthy: What others found healthy.
    """

    subject: str
    name: Words
    meaning: Words
    mart: Key
    grain: Grain
    time: Key | None = None
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    adds_up: AddsUp
    filters: tuple[str, ...] = ()
    all_filters: tuple[str, ...] = ()
    always_by: tuple[Key, ...] = ()
    dimensions: tuple[Key, ...] = ()
    unit: Literal[
        "members", "acts", "pieces", "questions", "events", "terms", "rows", "days", "hours", "share", "ratio", "score",
        "points", "minor units", "number",
    ]  # fmt: skip
    better: Literal["up", "down", "neither"]
    n: str | None = None
    min_n: int | None = Field(default=None, ge=2)
    needs: tuple[str, ...] = ()
    fact: Literal["reads", "contents", "accepted_answers"] | None = None
    whole: str | None = None
    settles_days: int = Field(default=0, ge=0)
    healthy: Range | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if (self.value is None) == (self.numerator is None) or (self.numerator is None) != (self.denominator is None):
            raise ValueError("give either value, or numerator and denominator")
        if self.adds_up is AddsUp.RATIO and self.numerator is None:
            raise ValueError("a ratio has numerator and denominator")
        if self.numerator is not None and self.adds_up not in (AddsUp.RATIO, AddsUp.LAST):
            raise ValueError("numerator and denominator add up as ratio, or as ratio of the last day (last)")
        if (self.time is None) != (self.grain is Grain.NOW):
            raise ValueError("a metric of the last day (grain now) has no time, every other one has")
        if self.min_n is not None and self.of is None:
            raise ValueError("min_n needs n, or a denominator")
        return self

    @property
    def of(self) -> str | None:
        """SQL over a row: of how many it is a rate or mean."""
        return self.n or self.denominator

    @property
    def grains(self) -> tuple[Grain, ...]:
        """Spans that it can be asked for."""
        order = tuple(Grain)
        if self.grain is Grain.NOW:
            return (Grain.NOW,)
        if self.adds_up is AddsUp.NONE:
            return (self.grain, Grain.ALL) if self.all_filters else (self.grain,)
        return order[order.index(self.grain) :]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns by which it can be divided, those first by which it always is."""
        return tuple(dict.fromkeys((*self.always_by, *self.dimensions)))


class Catalogue(Strict):
    """The file as a whole."""

    metrics: dict[Key, Metric]


@cache
def catalogue() -> dict[str, Metric]:
    """Return every metric by its key, in the order of the file."""
    return read_document(CATALOGUE, Catalogue).metrics
