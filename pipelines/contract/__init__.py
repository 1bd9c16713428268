"""The log contract: every raw log, its columns, types, bounds, kinds and key, defined once.

Ingestion, the quality suites, dbt's sources, the sample community and ``docs/log-contract.md`` all read this
module; ``tests/pipelines/test_contract.py`` holds them together. No reading or casting happens here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipelines.contract import rules
from pipelines.contract.rules import RowRule


class Type(StrEnum):
    """How a column's text is understood."""

    ID = "id"
    """Text that names something; never a number, surrounding blanks removed; the same only if all code points are.
    At most 1,000 characters, all of which can be seen; no JSON, no spelling of an empty value, such as NULL."""
    TEXT = "text"
    """Text as delivered."""
    KIND = "kind"
    """One of the column's ``kinds``."""
    TIME = "time"
    """ISO 8601 from 1970-01-03 to 2199, the offset at most 14 hours; without one it is in the community's time zone.
    Stored in UTC."""
    DAY = "day"
    """ISO 8601 day or time, as above; stored as the day in the community's time zone."""
    INTEGER = "integer"
    """Whole number within the column's bounds, at most 64 bits."""
    NUMBER = "number"
    """Decimal number within the column's bounds, double precision."""
    CURRENCY = "currency"
    """ISO 4217 code, three capital letters."""


DUCKDB_TYPES = {
    Type.ID: "VARCHAR",
    Type.TEXT: "VARCHAR",
    Type.KIND: "VARCHAR",
    Type.TIME: "TIMESTAMP",
    Type.DAY: "DATE",
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.CURRENCY: "VARCHAR",
}


@dataclass(frozen=True)
class Column:
    """One column of a log.

    ``kinds`` lists the values a KIND column may take. A number lies between ``least`` and ``most``, both included: what
    lies outside is a slip, and would spoil every sum.
    """

    name: str
    type: Type
    description: str
    required: bool = False
    kinds: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Log:
    """One raw log. ``key`` identifies a row within its source; the same key again is a new version.

    A log whose ``pair`` names two columns speaks of two things: they must differ, and their order says nothing.
    ``person`` is the optional column that says whose a row is. ``kept`` are columns outside the key that no new version
    changes, the most telling first: rows of one key that differ in it are rows of different things. ``rules`` say what
    the columns of one row must not say together.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    pair: tuple[str, ...] = ()
    person: str = ""
    kept: tuple[str, ...] = ()
    rules: tuple[RowRule, ...] = ()

    @property
    def own_columns(self) -> tuple[Column, ...]:
        """The log's columns followed by those that every log may carry."""
        return self.columns + COMMON_COLUMNS

    def column(self, name: str) -> Column:
        """Return the column called ``name``; raises ``KeyError`` where there is none."""
        for column in self.own_columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")


MOST_MINOR = 10**12
"""Most minor units of an amount. It is ten billion of a currency with cents, and some 10,000 dollars in the weakest one
there is. A sum of 64 bits holds nine million such amounts, or nine billion a thousandth as large."""

MOST_COUNT = 10**9
"""Most of what is counted in one row: a sum of 64 bits holds nine billion such rows."""

MOST_DAYS = 31
"""Longest that one interaction or one attendance lasts, in days."""


def _required(
    name: str, type_: Type, description: str, kinds: str = "", *, least: int | None = None, most: int | None = None
) -> Column:
    return Column(name, type_, description, required=True, kinds=tuple(kinds.split()), least=least, most=most)


def _optional(
    name: str, type_: Type, description: str, kinds: str = "", *, least: int | None = None, most: int | None = None
) -> Column:
    return Column(name, type_, description, kinds=tuple(kinds.split()), least=least, most=most)


_OCCURRED_AT = _required("occurred_at", Type.TIME, "When the row's fact happened.")
_MEMBER_ID = _required("member_id", Type.ID, "The member it is about.")

COMMON_COLUMNS = (
    _optional("source", Type.ID, "System that the row comes from; the community's own where empty."),
    _optional("source_seq", Type.INTEGER, "Version of the row at its source; the highest wins."),
    _optional("op", Type.KIND, "upsert (default) or delete, which withdraws the key.", "upsert delete"),
)

MEMBERS = Log(
    "members",
    "a state of a member, as of occurred_at",
    ("member_id", "occurred_at"),
    (
        _MEMBER_ID,
        _OCCURRED_AT,
        _required("joined_at", Type.TIME, "When the member joined."),
        _optional("role", Type.KIND, "Part the member plays.", "member contributor moderator host staff bot"),
        _optional("status", Type.KIND, "Standing of the account.", "active banned left erased"),
        _optional("plan", Type.TEXT, "Name of the paid plan."),
        _optional(
            "needs",
            Type.TEXT,
            "What the member came for, separated by |: learning, social, problem_solving, entertainment.",
        ),
        _optional("locale", Type.TEXT, "Language and region, such as zh-CN."),
        _optional("referrer", Type.TEXT, "Where the member came from."),
        _optional("display_name", Type.TEXT, "What people call the member; pages and lists show it beside the id."),
        _optional("profile_url", Type.TEXT, "Address of the member's own page, beginning with http:// or https://."),
    ),
    rules=rules.MEMBERS,
)

CONTENT = Log(
    "content",
    "a piece published or changed",
    ("content_id",),
    (
        _required("content_id", Type.ID, "The piece."),
        _OCCURRED_AT,
        _required(
            "kind",
            Type.KIND,
            "What the piece is.",
            "article question answer comment live course announcement event_notice",
        ),
        _required("published_at", Type.TIME, "When it was first published."),
        _optional("author_id", Type.ID, "Its author; empty after an erasure, then credited to nobody."),
        _optional("parent_id", Type.ID, "The piece it answers, comments on or asks about."),
        _optional("root_id", Type.ID, "The piece that opened the thread."),
        _optional("channel", Type.TEXT, "Where it was published."),
        _optional("title", Type.TEXT, "Its title."),
        _optional("n_chars", Type.INTEGER, "Length of its text in characters.", least=0, most=MOST_COUNT),
        _optional("tags", Type.TEXT, "Tags, separated by |."),
        _optional("access", Type.KIND, "Who may read it.", "free paid"),
        _optional("price_minor", Type.INTEGER, "Price of a paid piece in minor units.", least=0, most=MOST_MINOR),
        _optional("accepted_answer_id", Type.ID, "The answer that its asker accepted."),
        _optional("deleted_at", Type.TIME, "When it was taken down."),
    ),
    person="author_id",
    kept=("published_at",),
    rules=rules.CONTENT,
)

INTERACTIONS = Log(
    "interactions",
    "one interaction",
    ("interaction_id",),
    (
        _required("interaction_id", Type.ID, "The interaction; unique within its day."),
        _OCCURRED_AT,
        _required(
            "kind",
            Type.KIND,
            "What was done.",
            "view read like bookmark share comment reply ask answer accept vote follow mention "
            "join_live chat_live complete",
        ),
        _optional("member_id", Type.ID, "Who did it; empty for anonymous ones such as public votes."),
        _optional("content_id", Type.ID, "The piece it was done to, or that it created."),
        _optional("event_id", Type.ID, "The event it was done at."),
        _optional("target_member_id", Type.ID, "The member it was directed at."),
        _optional("channel", Type.TEXT, "Where it was done."),
        _optional("duration_s", Type.NUMBER, "How long it took, in seconds.", least=0, most=MOST_DAYS * 86_400),
        _optional(
            "value", Type.NUMBER, "Its strength, such as +1 or -1 of a vote.", least=-MOST_COUNT, most=MOST_COUNT
        ),
    ),
    person="member_id",
    kept=("member_id", "content_id"),
)

EVENTS = Log(
    "events",
    "a community event planned or changed",
    ("event_id",),
    (
        _required("event_id", Type.ID, "The event."),
        _OCCURRED_AT,
        _required("kind", Type.KIND, "What the event is.", "talk contest showcase workshop meetup live ama"),
        _required("starts_at", Type.TIME, "When it starts."),
        _optional("ends_at", Type.TIME, "When it ends."),
        _optional("title", Type.TEXT, "Its title."),
        _optional("host_id", Type.ID, "The member who hosts it."),
        _optional("capacity", Type.INTEGER, "Places.", least=0, most=MOST_COUNT),
        _optional("cost_minor", Type.INTEGER, "What it costs the community, in minor units.", least=0, most=MOST_MINOR),
        _optional("currency", Type.CURRENCY, "Currency of cost_minor."),
        _optional("mode", Type.KIND, "Where it takes place.", "online offline"),
    ),
    rules=rules.EVENTS,
)

EVENT_PARTICIPATION = Log(
    "event_participation",
    "a member's state for an event",
    ("event_id", "member_id", "state"),
    (
        _required("event_id", Type.ID, "The event."),
        _MEMBER_ID,
        _OCCURRED_AT,
        _required("state", Type.KIND, "The state reached.", "invited registered waitlisted cancelled attended no_show"),
        _optional("minutes", Type.NUMBER, "Minutes attended.", least=0, most=MOST_DAYS * 1440),
        _optional("n_interactions", Type.INTEGER, "Interactions during the event.", least=0, most=MOST_COUNT),
    ),
    rules=rules.EVENT_PARTICIPATION,
)

FEEDBACK = Log(
    "feedback",
    "a survey answer or rating",
    ("feedback_id",),
    (
        _required("feedback_id", Type.ID, "The answer."),
        _OCCURRED_AT,
        _MEMBER_ID,
        _required("about_kind", Type.KIND, "What it is about.", "event content community"),
        _required("score", Type.NUMBER, "The score on its scale."),
        _required("scale", Type.KIND, "csat5 and likert run from 1 to 5, nps10 from 0 to 10.", "csat5 nps10 likert"),
        _optional("about_id", Type.ID, "The event or piece it is about."),
        _optional("needs", Type.TEXT, "Needs that the member named, separated by |."),
        _optional("comment", Type.TEXT, "Free text."),
    ),
    kept=("member_id",),
    rules=rules.FEEDBACK,
)

SUBSCRIPTIONS = Log(
    "subscriptions",
    "a step in a paid subscription",
    ("subscription_id", "term_start", "step"),
    (
        _required("subscription_id", Type.ID, "The subscription."),
        _MEMBER_ID,
        _OCCURRED_AT,
        _required(
            "step",
            Type.KIND,
            "What happened to it.",
            "trial start renew upgrade downgrade cancel_scheduled cancelled expired payment_failed refunded comped",
        ),
        _required("term_start", Type.DAY, "First day of the term that the step belongs to."),
        _required("term_end", Type.DAY, "First day after that term."),
        _optional("plan", Type.TEXT, "Name of the plan."),
        _optional("interval_months", Type.INTEGER, "Length of a term in months.", least=1, most=1200),
        _optional("price_minor", Type.INTEGER, "Price of the term in minor units.", least=0, most=MOST_MINOR),
        _optional("currency", Type.CURRENCY, "Currency of the amounts."),
        _optional("discount_minor", Type.INTEGER, "Discount on the term in minor units.", least=0, most=MOST_MINOR),
        _optional("coupon_id", Type.ID, "Coupon used."),
        _optional("end_reason", Type.TEXT, "Why it ended, where known."),
    ),
    kept=("member_id",),
    rules=rules.SUBSCRIPTIONS,
)

PAYMENTS = Log(
    "payments",
    "money in or out",
    ("payment_id",),
    (
        _required("payment_id", Type.ID, "The payment."),
        _MEMBER_ID,
        _OCCURRED_AT,
        _required(
            "amount_minor",
            Type.INTEGER,
            "Amount in minor units; negative when paid out.",
            least=-MOST_MINOR,
            most=MOST_MINOR,
        ),
        _required("currency", Type.CURRENCY, "Currency of the amounts."),
        _optional("subscription_id", Type.ID, "The subscription it pays."),
        _optional("content_id", Type.ID, "The piece it pays."),
        _optional("event_id", Type.ID, "The event it pays."),
        _optional("kind", Type.KIND, "What it is for.", "subscription content event refund"),
        _optional(
            "fee_minor", Type.INTEGER, "Fee of the payment provider in minor units.", least=-MOST_MINOR, most=MOST_MINOR
        ),
        _optional("coupon_id", Type.ID, "Coupon used for the purchase."),
        _optional(
            "discount_minor", Type.INTEGER, "Discount that amount_minor is already less by.", least=0, most=MOST_MINOR
        ),
    ),
    kept=("member_id",),
    rules=rules.PAYMENTS,
)

ACTIONS = Log(
    "actions",
    "something done to keep or reward a member",
    ("action_id",),
    (
        _required("action_id", Type.ID, "The action."),
        _MEMBER_ID,
        _OCCURRED_AT,
        _required("kind", Type.KIND, "What was done.", "message call coupon points badge invitation"),
        _optional("campaign_id", Type.ID, "The campaign it belongs to."),
        _optional("arm", Type.KIND, "Whether the member was treated or left alone.", "treated held_out"),
        _optional("cost_minor", Type.INTEGER, "What it cost, in minor units.", least=0, most=MOST_MINOR),
        _optional("currency", Type.CURRENCY, "Currency of cost_minor."),
        _optional("points", Type.INTEGER, "Points given.", least=-MOST_COUNT, most=MOST_COUNT),
        _optional("expires_at", Type.TIME, "When the offer ends."),
        _optional("coupon_id", Type.ID, "Coupon handed out; where arm is held_out the one that was not."),
    ),
    kept=("member_id",),
    rules=rules.ACTIONS,
)

IDENTITY_LINKS = Log(
    "identity_links",
    "a statement that two ids are one person",
    ("member_a", "member_b"),
    (
        _required("member_a", Type.ID, "One id of the person."),
        _required("member_b", Type.ID, "Another id of the same person; which of the two comes first says nothing."),
        _required("occurred_at", Type.TIME, "When it was stated."),
        _optional(
            "relation",
            Type.KIND,
            "What the two ids are: two accounts of one person, or one account before and after it was renamed.",
            "same_person renamed",
        ),
        _optional("valid_from", Type.DAY, "First day on which the link stands; the day of occurred_at where empty."),
        _optional("revoked_at", Type.TIME, "When it was taken back; from that day on it stands no more."),
    ),
    pair=("member_a", "member_b"),
    rules=rules.IDENTITY_LINKS,
)

LOGS: dict[str, Log] = {
    log.name: log
    for log in (
        MEMBERS,
        CONTENT,
        INTERACTIONS,
        EVENTS,
        EVENT_PARTICIPATION,
        FEEDBACK,
        SUBSCRIPTIONS,
        PAYMENTS,
        ACTIONS,
        IDENTITY_LINKS,
    )
}

CONTENT_KINDS = ("article", "live", "course", "announcement", "event_notice")
"""Kinds of the content log that count as contents; the others count as the interactions of AUTHORED_INTERACTIONS."""

AUTHORED_INTERACTIONS = {"question": ("ask",), "answer": ("answer",), "comment": ("comment", "reply")}
"""Kind of the content log -> interactions that may stand for it; without any the first is derived."""

EVENT_INTERACTIONS = {"registered": (), "attended": ("join_live", "chat_live")}
"""State of the event_participation log -> interactions at the event that may stand for it. Where
GUILDBOOK_ACTIVE_BY_EVENTS is on, the state of a member counts as an interaction of its day unless one was logged."""

READ_KINDS = ("view", "read")
"""Interactions that only consume: they make nobody active and are counted as reads."""

CURRENCIES = tuple(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BYR BZD CAD CDF
    CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EEK EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR
    LRD LSL LTL LVL LYD MAD MDL MGA MKD MMK MNT MOP MRO MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB
    PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SKK SLE SLL SOS SRD SSP STD STN SVC SYP SZL
    THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VEF VES VND VUV WST XAF XCD XCG XDR XOF XPF
    YER ZAR ZMW ZWG ZWL
    """.split()  # noqa: SIM905 - a list of 180 lines would hide the rest
)
"""Codes of ISO 4217 that money is in, with those given up since 2005; another one is warned of."""

EXCLUDED_ROLES = ("bot", "staff")
"""Roles whose activity is left out everywhere unless a page says so."""

GONE_STATUSES = ("banned", "left", "erased")
"""Statuses of an account whose owner is no longer a member."""

ACTIVITY_LOGS = ("interactions", "content")
"""Logs whose rows make members active; participation in events too where a setting says so."""

NEED_INTERACTIONS = {
    "problem_solving": ("ask", "answer", "accept", "vote"),
    "social": ("comment", "reply", "follow", "mention"),
    "entertainment": ("like", "share", "join_live", "chat_live"),
    "learning": ("view", "read", "bookmark", "complete"),
}
"""Need -> interactions that speak for it; of needs with equally many days the first counts."""
PAID_STEPS = ("start", "renew", "upgrade", "downgrade")
"""Steps of a subscription that open a paid term or change its price."""

PAYMENT_FAILURE_REASONS = ("payment_failed",)
"""End reasons of a subscription that ended because a payment failed."""
