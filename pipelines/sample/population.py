"""Who lives in the sample community: members' fixed traits, drawn once. What they do is in ``trajectories``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from pipelines.sample.calendar import Flags, Floats, Ints, Texts
from pipelines.sample.words import TOPICS

NEEDS = ("learning", "social", "problem_solving", "entertainment")
TRIAL_DAYS = 7


@dataclass(frozen=True)
class Population:
    """Traits of all members, one entry per member in every array."""

    ids: Texts
    role: Texts
    """member, contributor, host, staff or bot."""
    join_day: Ints
    """Day of joining; negative where before the first day."""
    rate: Floats
    """Latent: expected active moments on an average day."""
    frailty: Floats
    """Latent: what moves the hazard of leaving beyond everything observable, in logits."""
    asks: Floats
    """Chance of a question on an active day."""
    sociable: Floats
    """Chance of a new contact on an active day."""
    writes: Floats
    """Chance of an article on an active day."""
    expertise: Floats
    """Weight when somebody is sought who answers."""
    outgoing: Floats
    """Chance of registering for an event."""
    topic: Ints
    """Favourite topic, an index into ``TOPICS``."""
    treated: Flags
    """Arm of the renewal coupon."""
    reminded: Flags
    """Arm of the renewal reminders."""
    spoken_to: Flags
    """Arm of the personal word."""
    written_to: Flags
    """Arm of the win-back messages."""
    trial: Flags
    comped: Flags
    """Never pays; staff and bots too."""
    interval: Ints
    """Months per term: 1, 3 or 12."""
    plan: Texts
    needs: Texts
    locale: Texts
    referrer: Texts

    @property
    def size(self) -> int:
        """Number of members, staff and bots included."""
        return len(self.ids)

    @cached_property
    def bot(self) -> Flags:
        """Who is a program."""
        return np.asarray(self.role == "bot")

    @cached_property
    def staff(self) -> Flags:
        """Who is employed."""
        return np.asarray(self.role == "staff")

    @cached_property
    def human(self) -> Flags:
        """Who is neither staff nor bot: the only ones that fade, pause and leave."""
        return ~(self.bot | self.staff)

    def of(self, index: Ints) -> Population:
        """Return some members, in the order of ``index``; one may be named several times."""
        return Population(**{field.name: getattr(self, field.name)[index] for field in fields(self)})


def draw_population(rng: np.random.Generator, members: int, days: int) -> Population:
    """Draw ``members`` members, of whom about 0.4 % are staff and bots; ids follow the order of joining."""
    staff = max(2, members // 400)
    bots = max(1, members // 650)
    people = members - staff - bots
    founders = rng.random(people) < 0.45
    before = -1 - (900 * rng.beta(1.0, 2.2, people)).astype(np.int64)
    later = (days * rng.beta(1.0, 1.25, people)).astype(np.int64)
    join_day = np.sort(np.where(founders, before, later))
    join_day = np.concatenate([np.full(staff + bots, -1000), join_day])

    kind = rng.random(people)
    roles = np.where(kind < 0.05, "contributor", np.where(kind < 0.062, "host", "member")).astype(object)
    role = np.concatenate([np.full(staff, "staff", object), np.full(bots, "bot", object), roles])
    keen = np.isin(role, ["contributor", "host"])
    employed = np.isin(role, ["staff", "bot"])

    rate = np.minimum(rng.lognormal(-2.35, 1.05, members) * np.where(keen, 2.5, 1.0), 3.0)
    rate[employed] = 2.6
    writes = np.where(keen, rng.beta(2, 14, members), rng.beta(1, 400, members))
    plans = rng.random(members)
    needs = rng.random((members, len(NEEDS))) < [0.7, 0.35, 0.5, 0.25]
    return Population(
        ids=np.array([f"m{number:05d}" for number in range(1, members + 1)], dtype=object),
        role=role,
        join_day=join_day,
        rate=rate,
        frailty=rng.normal(0.0, 0.5, members),
        asks=np.where(employed, 0.0, rng.beta(1.6, 9.0, members)),
        sociable=np.where(employed, 0.0, rng.beta(1.2, 8.0, members)),
        writes=np.where(employed, 0.0, writes),
        expertise=(0.2 + rng.pareto(1.6, members)) * np.where(keen, 6.0, 1.0),
        outgoing=np.where(employed, 0.0, rng.beta(1.2, 6.0, members)),
        topic=np.minimum(rng.geometric(0.12, members) - 1, len(TOPICS) - 1).astype(np.int64),
        treated=rng.random(members) < 0.5,
        trial=(rng.random(members) < 0.35) & (join_day >= 0),
        comped=employed | (rng.random(members) < 0.03),
        interval=rng.choice([1, 3, 12], size=members, p=[0.55, 0.2, 0.25]).astype(np.int64),
        plan=np.where(plans < 0.72, "basic", "pro").astype(object),
        needs=np.array(["|".join(np.asarray(NEEDS)[row]) or None for row in needs], dtype=object),
        locale=rng.choice(["zh-CN", "zh-CN", "zh-CN", "zh-TW", "en-US", "en-GB"], size=members).astype(object),
        referrer=rng.choice(["search", "friend", "wechat", "bilibili", "github", "conference"], size=members).astype(
            object
        ),
        reminded=rng.random(members) < 0.5,
        spoken_to=rng.random(members) < 0.5,
        written_to=rng.random(members) < 0.5,
    )
