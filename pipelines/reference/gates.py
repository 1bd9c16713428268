"""``docs/gates.md``: every rule of the three gates with its severity, limit and reason, from the suites themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from expectations.rule import Rule
from expectations.shape_rules import UNSURE, shape_rules
from expectations.suites import delivery_rules, prediction_rules
from pipelines.gates import facts
from pipelines.reference.markdown import GENERATED, table
from pipelines.report.parts import rule_words
from pipelines.settings import Settings

INTRO = """\
# The rules of the gates

What has to hold before anything goes on. *critical* stops the day or the run, *warning* only shows. Limits that are
[settings](settings.md) stand here with their defaults. What to do when a gate stops a run is in the
[operator guide](operator-guide.md#when-a-gate-stops-a-run). Pages and messages say a rule by what it counts; its name
is what stands in the column `expectation` of [`gate_results`](marts/gate_results.md).
"""

DELIVERIES = """
## Gate 1: deliveries

Of each log and log day, by the counts of its delivery.
"""

SHAPES = """
## Gate 1: a log day compared with the log's own past

Each is zero where nothing was found. A rule that may withhold the day also exists as a warning for weaker
evidence, its name with `_unsure` behind it. What each looks at, how many past days it needs, and how often it is wrong,
is in the [operator guide](operator-guide.md#a-day-that-looks-like-none-before-it).
"""

FACTS = """
## Gate 2: facts

Of the rebuilt days of a mart. The rules between logs are on [a page of their own](relations.md). dbt's tests of the
marts block too, and cannot be waived.
"""

PREDICTIONS = """
## Gate 3: predictions

Of the last day, for each definition of churn: here by inactivity.
"""

HEADER = ("rule", "what it counts", "severity", "limit", "why")


def parts() -> Iterator[tuple[str, Sequence[Rule]]]:
    """The text above each table, and its rules."""
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    yield (
        DELIVERIES,
        delivery_rules(
            max_quarantine_share=defaults["max_quarantine_share"],
            max_null_member_share=defaults["max_null_member_share"],
            max_null_member_rise=defaults["max_null_member_rise"],
        ),
    )
    yield SHAPES, [one for one in shape_rules() if not one.column.endswith(UNSURE)]
    yield FACTS, []
    for mart, (_, rules) in facts.SUITES.items():
        yield f"\n### `{mart}`\n", rules
    yield (
        PREDICTIONS,
        prediction_rules(
            "inactivity",
            max_calibration_error=defaults["max_calibration_error"],
            max_base_rate_shift=defaults["max_base_rate_shift"],
        ),
    )


def gates_page() -> str:
    """Markdown of ``docs/gates.md``."""
    page = GENERATED.format(source="`expectations/`") + INTRO
    for text, rules in parts():
        rows = [
            (f"`{one.column}`", rule_words.rule(one.column).en, one.severity, one.expected, one.reason) for one in rules
        ]
        page += text + ("\n" + table(HEADER, rows) if rows else "")
    return page
