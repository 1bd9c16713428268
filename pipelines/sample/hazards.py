"""The hazards of coming, fading and leaving: every chance that decides who is active and who goes.

``trajectories`` draws by them day by day; ``ground_truth`` computes with them exactly. Both use the same functions, so
they cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from pipelines.sample.calendar import Calendar, Flags, Floats, Ints
from pipelines.sample.population import TRIAL_DAYS, Population

ENGAGED, FADING, PAUSED, LEFT, ABSENT = range(5)
"""Latent modes of a member; ABSENT is before joining."""

FOREVER = 1_000_000
"""Term end of those who never pay."""

P_FADE, P_REVIVE = 0.006, 0.012
"""Daily chance that an engaged member starts to fade, and that a fading one is engaged again."""
FADING_RATE = 0.3
"""Activity of a fading member relative to an engaged one."""
P_PAUSE = {ENGAGED: 0.0015, FADING: 0.006}
"""Daily chance of a pause."""
P_RETURN = 0.018
"""Daily chance that a pause ends; the member is active on that day and engaged again."""
P_LEAVE_PAUSED = 0.006
"""Daily chance of leaving during a pause, without a word."""
P_ANNOUNCE = 0.4
"""Share of those leaving who cancel at once; the others simply stop."""
P_PAYMENT_FAILS, P_PAYMENT_RECOVERS = 0.03, 0.25
"""Chance that a renewal's payment fails, and that it then succeeds on a later day."""
P_ANSWERED = 0.72
"""Chance that a question finds an answer by somebody else, drawn when it is asked."""
P_LAPSE_PAUSED = 0.5
"""Chance that a subscription is not renewed when its term ends during a pause."""
COUPON_LEAD, COUPON_EFFECT = 10, -2.0
"""The renewal coupon: from how many days before the term's end it works, and its effect in logits."""
REMINDER_LEAD, REMINDER_EFFECT = 14, 1.6
"""The same of the reminders to renew, one a day: they drive members away."""
WORD_EVERY, WORD_AFTER, WORD_UNTIL = 28, 14, 60
"""The personal word: days between two rounds; days of silence from which, and until which, a member is due one."""
WORD_DAYS, WORD_PACE, P_RETURN_WORD = 14, 4.0, 0.07
"""Days for which it works while the silence lasts, how many times as often a present member is then active, and the
daily chance that a pause ends."""


@dataclass
class State:
    """What the hazard reads, one entry per member: all of it can be seen in the logs."""

    recent: Floats
    """Average of active days, weights falling by 1/10 a day."""
    usual: Floats
    """The same falling by 1/60 a day."""
    replies: Floats
    """Questions that found an answer, weights falling by 1/30 a day."""
    contacts: Floats
    """Contacts made since joining."""
    anchor: Ints
    """First day of the current subscription's first paid term."""
    term: Ints
    """Number of the current term; 0 is the trial."""
    term_end: Ints
    """First day after the current term."""
    quiet: Ints
    """Days without any activity, up to now."""

    def copy(self) -> State:
        """Return an independent copy."""
        return State(**{field.name: getattr(self, field.name).copy() for field in fields(self)})

    def of(self, index: Ints) -> State:
        """Return the state of some members, in the order of ``index``; one may be named several times."""
        return State(**{field.name: getattr(self, field.name)[index] for field in fields(self)})

    def next_term(self, who: Flags, people: Population, calendar: Calendar) -> None:
        """Move the members ``who`` to their next term."""
        self.term[who] += 1
        self.term_end[who] = calendar.add_months(self.anchor[who], self.term[who] * people.interval[who])

    def age(self, active: Flags, answered: Flags, befriended: Flags) -> None:
        """Take in one day."""
        self.recent += (active - self.recent) / 10
        self.usual += (active - self.usual) / 60
        self.replies += answered - self.replies / 30
        self.contacts += befriended
        self.quiet = np.where(active, 0, self.quiet + 1)


def begin(people: Population, calendar: Calendar) -> State:
    """Return the state before the first day: at their usual pace, newcomers without replies and contacts."""
    old = people.join_day < 0
    pace = p_active(people.rate, 1.0)
    anchor = people.join_day + np.where(people.trial, TRIAL_DAYS, 0)
    term = np.where(people.trial, 0, 1).astype(np.int64)
    state = State(
        recent=pace.copy(),
        usual=pace.copy(),
        replies=np.where(old, np.minimum(5.0 * pace, 1.0), 0.0),
        contacts=np.where(old, np.round(6.0 * pace), 0.0),
        anchor=anchor,
        term=term,
        term_end=calendar.add_months(anchor, term * people.interval),
        quiet=np.zeros(people.size, dtype=np.int64),
    )
    while (behind := state.term_end < 0).any():
        state.next_term(behind, people, calendar)
    state.term_end[people.comped] = FOREVER
    return state


def p_active(rate: Floats, factor: float) -> Floats:
    """Chance of at least one interaction on a day, from the expected number of active moments."""
    return 1.0 - np.exp(-rate * factor)


def p_visit(rate: Floats, factor: float) -> Floats:
    """Chance that a present member who does nothing at least reads."""
    return 1.0 - np.exp(-0.6 * rate * factor)


def coupon_days(days: int) -> range:
    """Days on which the renewal coupon is handed out."""
    return range(days * 3 // 10, days * 8 // 10)


def reminder_days(days: int) -> range:
    """Days on which reminders to renew begin."""
    return range(days * 5 // 10, days * 7 // 10)


def word_days(days: int) -> range:
    """Days on which a personal word is given."""
    return range(WORD_EVERY + WORD_EVERY // 2, days * 9 // 10, WORD_EVERY)


def coupon_works(state: State, people: Population, day: int, days: int) -> Flags:
    """Whether a renewal coupon is open on ``day``: for the treated, in the last days of a paid term."""
    return people.treated & _before_the_end(state, day, COUPON_LEAD, coupon_days(days))


def reminders_come(state: State, people: Population, day: int, days: int) -> Flags:
    """Whether a member is reminded on ``day``: the treated, in the last days of a paid term."""
    return people.reminded & _before_the_end(state, day, REMINDER_LEAD, reminder_days(days))


def _before_the_end(state: State, day: int, lead: int, running: range) -> Flags:
    """Whether ``day`` is among the ``lead`` last of a paid term whose first of these days is in a campaign."""
    left, begun = state.term_end - day, state.term_end - lead
    return (state.term >= 1) & (left >= 1) & (left <= lead) & (begun >= running.start) & (begun < running.stop)


def due_a_word(quiet: Ints, people: Population, day: int) -> Flags:
    """Whether members who were silent for ``quiet`` days before ``day`` are due a personal word on it."""
    return people.human & (quiet >= WORD_AFTER) & (quiet <= WORD_UNTIL) & (people.join_day <= day - WORD_AFTER)


def word_works(state: State, people: Population, day: int, days: int) -> Flags:
    """Whether a personal word works on ``day``: for the treated, for some days, while the very silence lasts.

    Args:
        state: What the hazards read, up to the day before.
        people: The members.
        day: The day.
        days: Days of the sample; they fix when words are given.
    """
    works = np.zeros(people.size, dtype=bool)
    for given in word_days(days):
        if 1 <= day - given <= WORD_DAYS:
            works |= due_a_word(state.quiet - (day - given), people, given)
    return works & people.spoken_to


def pace(people: Population, word: Flags) -> Floats:
    """Expected active moments of an engaged member on an average day; ``word`` is whether a personal word works."""
    return people.rate * np.where(word, WORD_PACE, 1.0)


def p_return(word: Flags) -> Floats:
    """Chance that a pause ends on a day, where ``word`` is whether a personal word works."""
    return np.where(word, P_RETURN_WORD, P_RETURN)


def p_leave(state: State, people: Population, failed: Flags, day: int, days: int) -> tuple[Floats, Floats]:
    """Chance of leaving at the end of ``day`` when engaged and when fading; 0 for staff and bots.

    Args:
        state: What the hazard reads, with ``day`` taken in.
        people: The members.
        failed: Whose payment is open.
        day: The day.
        days: Days of the sample; they fix the campaigns.
    """
    left = state.term_end - day
    logit = (
        -8.4
        + people.frailty
        + 1.3 * np.clip(1.0 - state.recent / (state.usual + 0.02), 0.0, 1.0)
        + 0.9 * np.exp(-state.replies)
        + 0.7 * np.exp(-state.contacts / 2)
        + 1.2 * ((left >= 1) & (left <= 7))
        + 2.2 * failed
        + COUPON_EFFECT * coupon_works(state, people, day, days)
        + REMINDER_EFFECT * reminders_come(state, people, day, days)
    )
    engaged = np.where(people.human, 1.0 / (1.0 + np.exp(-logit)), 0.0)
    fading = np.where(people.human, 1.0 / (1.0 + np.exp(-(logit + 1.8))), 0.0)
    return engaged, fading
