"""What the README promises, sentence by sentence, and the tests that hold it to that."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.settings import PROJECT_DIR

README = PROJECT_DIR / "README.md"
SECTIONS = (
    "Guildbook",
    "What you get each morning",
    "Why this?",
    "The loop",
    "Five minutes to a report on your own logs",
)
"""Sections of the README that promise something: each paragraph, point and table row of theirs is spoken for below."""

NO_PROMISE = (
    "| **to start**",
    "| | a forum's own reports",
    "As of November 2026",
    "If you only want to know",
    "files ─▶ ingest",
    "You need Python 3.11",
    "![The morning brief",
    "mkdir -p data/landing",
    "Put files into",
    "| gate | asks",
    "make demo",
    ".venv/bin/guildbook",
)
"""Beginnings of what says how to do something, or speaks of others."""


@dataclass(frozen=True)
class Promise:
    """Words of the README, and the tests without which they would be mere words: files, or files and names in them."""

    words: str
    tests: tuple[str, ...]


PROMISES = (
    Promise(
        "publishes nothing that did not pass its quality gates",
        ("tests/end_to_end/test_gates_stop.py", "tests/pipelines/publishing/test_publishing_inputs.py"),
    ),
    Promise(
        "English | [中文](README.zh.md)",
        ("tests/pipelines/test_docs_chinese.py::test_a_chinese_page_has_the_same_sections_in_the_same_order",),
    ),
    Promise(
        "A report site** of static pages in English and Chinese",
        (
            "tests/pipelines/report/test_report_site.py::test_both_languages_say_everything",
            "tests/pipelines/test_docs.py::test_the_readme_names_every_page_of_the_report",
        ),
    ),
    Promise(
        "Every block has its query and a CSV",
        (
            "tests/pipelines/report/test_report_site.py::test_every_figure_has_its_query_and_each_query_runs",
            "tests/pipelines/report/test_report_site.py::test_csv_holds_what_the_query_gives",
        ),
    ),
    Promise(
        "It opens from disk or from any web server",
        (
            "tests/pipelines/report/test_report_site.py::test_every_link_stays_in_the_site",
            "tests/pipelines/report/test_report_browser.py",
        ),
    ),
    Promise(
        "One database file**, `analytics.duckdb`",
        ("tests/pipelines/publishing/test_publishing_database.py", "tests/end_to_end/test_cookbook.py"),
    ),
    Promise(
        "A probability of leaving for every active member**, with the reasons in words",
        (
            "tests/models/test_train.py::test_predictions_say_who_when_why_and_by_what",
            "tests/end_to_end/test_gates_stop.py::test_gate_3_stops_a_run_that_left_members_out",
        ),
    ),
    Promise(
        "Otherwise a plain rule takes its place and says so",
        ("tests/models/test_train.py::test_a_model_that_cannot_beat_the_baselines_gives_way_to_the_rule",),
    ),
    Promise(
        "each message once",
        ("tests/pipelines/sending/test_sending_once.py", "tests/pipelines/sending/test_sending_due.py"),
    ),
    Promise(
        "A daily list of members worth contacting**, with a control arm drawn at random",
        (
            "tests/pipelines/retention/test_retention_list_made.py",
            "tests/end_to_end/test_retention_list.py",
        ),
    ),
    Promise(
        "whether it worked, did nothing or did harm, against those who were left alone",
        (
            "tests/dbt_project/test_action_effects.py"
            "::test_the_measure_finds_which_action_works_which_does_nothing_and_which_harms",
        ),
    ),
    Promise(
        "the last good publication stays up, with a banner that says how old it is and why",
        (
            "tests/end_to_end/test_gates_stop.py::test_gate_1_stops_a_run_whose_newest_day_is_broken",
            "tests/pipelines/report/test_report_browser.py::test_the_banner_names_the_gate_that_stopped_the_run",
        ),
    ),
    Promise(
        "reading, writing, events, subscriptions and payments together",
        ("tests/dbt_project/test_partial_logs.py", "tests/dbt_project/test_dbt_unit_tests.py"),
    ),
    Promise(
        "a probability tried on months it has not seen, reasons, a control arm drawn at random, effects with intervals",
        (
            "tests/models/test_train.py"
            "::test_the_champion_is_chosen_on_validation_and_comes_near_the_best_possible_log_loss",
            "tests/dbt_project/test_action_effects.py::test_every_formula_agrees_with_its_reference",
        ),
    ),
    Promise(
        "each figure with its SQL, gates before publishing, a full recount by one command",
        ("tests/pipelines/cli/test_cli_verify.py", "tests/pipelines/warehouse/test_rebuild.py"),
    ),
    Promise(
        "does each log's day add up, and is it fit to use?",
        ("tests/pipelines/gates/test_gate_deliveries.py", "tests/damage/test_damages.py"),
    ),
    Promise(
        "do the rebuilt days add up?",
        ("tests/pipelines/gates/test_gate_facts.py", "tests/pipelines/warehouse/test_planted_errors.py"),
    ),
    Promise(
        "are they complete, in range and calibrated?",
        ("tests/end_to_end/test_gate_predictions.py",),
    ),
    Promise(
        "a row is in the tables or in quarantine, with its file, line and reason",
        (
            "tests/torture/fuzz.py",
            "tests/pipelines/ingest/test_ingest_counting.py::test_every_record_is_accepted_or_quarantined",
        ),
    ),
    Promise(
        "Late rows, repeated files and corrections give the same tables in whatever order they come",
        ("tests/torture/replay.py", "tests/pipelines/warehouse/test_equality.py"),
    ),
    Promise(
        "make a folder the home of your community",
        ("tests/pipelines/cli/test_cli_init.py",),
    ),
    Promise(
        "It asks for what you leave out, writes the [settings](docs/settings.md) to `data/guildbook.toml`",
        (
            "tests/pipelines/cli/test_cli_init.py::test_what_no_flag_says_is_asked_until_the_answer_is_right",
            "tests/pipelines/cli/test_cli_init.py::test_the_next_commands_can_be_pasted",
        ),
    ),
    Promise(
        "`guildbook import csv FOLDER` takes exports of Ghost, Stripe, WeChat Pay and Alipay",
        ("tests/pipelines/connectors/test_ready_money.py", "tests/pipelines/connectors/test_ready_stripe.py"),
    ),
    Promise(
        "a Stack Exchange dump, or any CSV and Parquet tables, can be [imported]",
        (
            "tests/pipelines/connectors/test_import_stackexchange.py",
            "tests/pipelines/connectors/test_import_table.py",
        ),
    ),
    Promise(
        "are [fetched](docs/sources.md) on a schedule",
        tuple(
            f"tests/pipelines/sources/test_sources_{kind}.py"
            for kind in ("discourse", "slack", "discord", "zulip", "zsxq", "github", "html", "feed", "database")
        ),
    ),
    Promise(
        "See what a run would do, then run it",
        ("tests/pipelines/cli/test_cli_dry_run.py",),
    ),
    Promise(
        "from the first day that was not run yet to yesterday",
        ("tests/pipelines/cli/test_cli_due.py",),
    ),
    Promise(
        "starts Dagster on this machine with the daily schedule on",
        ("tests/pipelines/cli/test_cli_dev.py", "tests/pipelines/defs/test_defs_ticks.py"),
    ),
    Promise(
        "Let an agent ask for the same numbers with `guildbook mcp`",
        ("tests/pipelines/agents/test_agents_stdio_slow.py", "tests/end_to_end/test_agents.py"),
    ),
    Promise("`.venv/bin/guildbook open`", ("tests/pipelines/cli/test_cli_open.py",)),
    Promise(
        "hand them on with `guildbook export`",
        ("tests/pipelines/exporting/test_exporting_tables.py",),
    ),
)


def pieces() -> list[str]:
    """Return paragraphs, points and table rows of the sections that promise something."""
    found: list[str] = []
    for part in re.split(r"^#+ ", README.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        if title in SECTIONS:
            found += [
                piece for block in text.split("\n\n") for piece in re.split(r"\n(?=[*|] ?)", block) if piece.strip()
            ]
    said = (" ".join(piece.split()).removeprefix("* ") for piece in found)
    numbered = (re.sub(r"^\d\. ", "", piece) for piece in said)
    return [piece for piece in numbered if not re.fullmatch(r"[-| ]+", piece)]


def words(text: str) -> str:
    """Return text with every run of blanks made one."""
    return " ".join(text.split())
