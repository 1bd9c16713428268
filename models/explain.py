"""Why a member's probability differs from the average, in words: which contributions become reasons, and how."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from models.feature_words import told, words
from models.features import FEATURES, Feature, Show, named
from models.sayable import is_sayable

N_REASONS = 3

GROUPS = {
    group: [feature for feature in FEATURES if feature.group == group]
    for group in dict.fromkeys(feature.group for feature in FEATURES)
}
"""Group -> its features."""

PLACES = {feature.name: place for place, feature in enumerate(FEATURES)}
SILENT_GROUPS = {"community"}
"""Groups that are the same for every member of a day: they move all probabilities and explain no member."""

WAITING = "waiting"
"""The group of own questions that wait for an answer."""

WAIT = named("question_waiting_days_90")
"""Always named at a high risk, whatever the model makes of it, because somebody can answer today. Having asked is a
sign of life, so a learner may take it for a reason to stay, but nobody would read a wait as one."""

LEAST_CONTRIBUTION = 0.05
"""Log-odds that a driver has to move to count as one (5 % of the odds)."""

TELLING_SHARE = 1 / 3
"""Among the features of a group with this share of the strongest one's contribution or more, the one that names most of
the member's own values is chosen, so that two members seldom get the same words."""


@dataclass(frozen=True)
class Reason:
    """One driver of a member's probability; a positive contribution raises the risk."""

    feature: str
    group: str
    value: float
    contribution: float | None
    en: str
    zh: str

    def as_dict(self) -> dict[str, str | float]:
        """Return the fields as they are stored with a prediction."""
        return asdict(self)


def reasons(row: dict[str, float], contribution: dict[str, float], *, is_high: bool) -> list[Reason]:
    """Return up to three drivers of one member: those that agree with the probability, then at most one against it.

    Fewer where fewer say anything. A question that waits is always among those of a high risk.

    Args:
        row: The member's feature values.
        contribution: The features' contributions.
        is_high: Whether the member's probability is above the usual one, so that what raises the risk agrees with it.
    """
    agreeing: list[_Driver] = []
    against: list[_Driver] = []
    for driver in _drivers(row, contribution):
        (agreeing if (driver.contribution > 0) == is_high else against).append(driver)
    if is_high and all(driver.feature.group != WAITING for driver in agreeing) and is_sayable(WAIT, row):
        agreeing.append(_Driver(WAIT, sum(contribution[one.name] for one in GROUPS[WAITING])))
    chosen = _first(agreeing, N_REASONS, is_high=is_high)
    if against and (len(chosen) < N_REASONS or against[0].weight > chosen[-1].weight):
        chosen = [*_first(agreeing, N_REASONS - 1, is_high=is_high), against[0]]
    return [_reason(driver, row, is_high=is_high) for driver in chosen]


@dataclass(frozen=True)
class _Driver:
    """A group's summed contribution and the feature that speaks for it."""

    feature: Feature
    contribution: float

    @property
    def weight(self) -> float:
        """Size of the contribution; half of it where only yes or no is said, which many members share."""
        return abs(self.contribution) / (2 if self.feature.show is Show.FLAG else 1)


def _first(agreeing: list[_Driver], n: int, *, is_high: bool) -> list[_Driver]:
    """Return the first ``n``; of a high risk a question that waits takes the last place if it is not among them."""
    waiting = [driver for driver in agreeing[n:] if driver.feature.group == WAITING and is_high]
    return [*agreeing[: n - len(waiting)], *waiting]


def _drivers(row: dict[str, float], contribution: dict[str, float]) -> list[_Driver]:
    """Return the driver of each group that has something to say, heaviest first."""
    drivers = []
    for group, features in GROUPS.items():
        total = sum(contribution[feature.name] for feature in features)
        if abs(total) < LEAST_CONTRIBUTION or group in SILENT_GROUPS or (group == WAITING and total < 0):
            continue
        if sayable := [one for one in features if contribution[one.name] * total > 0 and is_sayable(one, row)]:
            least = TELLING_SHARE * max(abs(contribution[one.name]) for one in sayable)
            strong = [one for one in sayable if abs(contribution[one.name]) >= least]
            speaker = max(strong, key=lambda one: (len(told(one)), abs(contribution[one.name]), -PLACES[one.name]))
            drivers.append(_Driver(speaker, total))
    return sorted(drivers, key=lambda driver: (-driver.weight, PLACES[driver.feature.name]))


def _reason(driver: _Driver, row: dict[str, float], *, is_high: bool) -> Reason:
    feature, contribution = driver.feature, driver.contribution
    en, zh = words(feature, row)
    if feature.group != WAITING and (contribution > 0) != is_high:
        en, zh = f"speaks against it: {en}", f"相反的迹象：{zh}"
    elif not is_high:
        en, zh = f"{en} (lowers the risk)", f"{zh}（降低风险）"
    return Reason(feature.name, feature.group, row[feature.name], contribution, en, zh)
