"""The pages of the published tables, ``docs/marts/``: one for each mart and an index by subject.

``python -m pipelines.reference`` (``make docs``) writes them. What a table or column means is said in dbt's YAML, and
its subject is the folder that it lies in; the example is the first question of cookbook or analyst guide that reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines.reference import interface
from pipelines.reference.manifest import Mart, load_manifest, published_marts
from pipelines.reference.markdown import DOCS_DIR, GENERATED, table
from pipelines.warehouse.project import DBT_PROJECT_DIR

MARTS_DIR = DOCS_DIR / "marts"

SUBJECTS = {
    "members": "Members",
    "journeys": "Journeys",
    "activity": "Activity",
    "content": "Content",
    "events": "Events",
    "money": "Money",
    "churn": "Churn",
    "retention": "Retention",
    "deliveries": "Deliveries",
    "quality": "Quality",
    "calendar": "Calendar",
}
"""Folder of a mart -> heading of the index."""

REFERENCES = {
    "dim_members": (
        "member_id", "asker_id", "author_id", "host_id", "first_responder_id", "person_id", "replied_to_id",
    ),
    "dim_content": ("content_id", "question_id", "first_response_id", "thread_id"),
    "dim_events": ("event_id",),
    "dim_days": (
        "day", "month", "starts_day", "published_day", "asked_day", "as_of_day", "log_day",
        "term_start", "cohort_month", "cohort_quarter", "active_month",
    ),
}  # fmt: skip
"""Dimension -> names of the columns that lead to it, in whatever mart; ``dim_days`` is met by ``day``."""

DELIVERED_IDS = {
    ("member_ids", "member_id"),
    ("latest_interactions", "content_id"),
    ("latest_interactions", "event_id"),
    ("payments", "content_id"),
    ("payments", "event_id"),
    ("event_sales", "event_id"),
}
"""Columns that lead nowhere: ids as they were delivered, of accounts that other marts have replaced by their person,
and of pieces and events that may be in no log."""

_INDEX_INTRO = """\
# The marts

Every table of `published/analytics.duckdb`, by subject. [Analyst guide](../analyst-guide.md) says how to open the file,
[cookbook](../cookbook.md) answers questions, [BI tools](../bi.md) shows how the tables join, and
[versions of marts](../mart-versions.md) what may change. Beside these tables the file has `publication`: one row with
the number (`version`) and the last day (`through_day`) of what you read.
"""

_QUESTION = re.compile(r"((?:^[^\n]+\n)+)\n```sql\n(.*?)```", re.MULTILINE | re.DOTALL)


def pages() -> dict[str, str]:
    """Name of each file under ``docs/marts`` -> its text."""
    manifest = load_manifest()
    marts = published_marts(manifest)
    without = _needs()
    examples = _examples(mart.name for mart in marts)
    texts = {"README.md": _index(marts)}
    texts |= {f"{mart.name}.md": page(mart, without.get(mart.name, {}), examples.get(mart.name)) for mart in marts}
    texts["interface.yml"] = interface.dump(interface.merge(interface.read(), marts))
    return texts


def write_pages(folder: Path = MARTS_DIR) -> list[Path]:
    """Write every page into ``folder``, remove those of marts that are gone, and return the paths.

    Raises:
        interface.BreakingChangeError: A mart lacks something of the committed interface; nothing is written.
    """
    texts = pages()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        if old.name not in texts:
            old.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def dimension_of(mart: Mart, column: str) -> str | None:
    """Dimension that a column of a mart leads to; None for other columns and for a dimension's own key."""
    for dimension, columns in REFERENCES.items():
        if column in columns and dimension != mart.name and (mart.name, column) not in DELIVERED_IDS:
            return dimension
    return None


def _index(marts: list[Mart]) -> str:
    parts = [GENERATED.format(source="the YAML in `dbt_project/models`"), _INDEX_INTRO]
    for subject, heading in SUBJECTS.items():
        rows = [
            (f"[`{mart.name}`]({mart.name}.md)", _grain(mart), ", ".join(f"`{name}`" for name in mart.key))
            for mart in marts
            if mart.subject == subject
        ]
        parts += [f"## {heading}\n", table(("mart", "grain", "key"), rows)]
    return "\n".join(parts)


def page(mart: Mart, without: Mapping[str, list[str]], example: tuple[str, str] | None = None) -> str:
    """Markdown of one mart; ``without`` holds the columns that lack values while a log is not collected."""
    facts = [
        ("key", ", ".join(f"`{name}`" for name in mart.key) or "none: rows are records"),
        ("how it is built", _how_built(mart)),
        ("made from the logs", ", ".join(f"`{log}`" for log in mart.logs) or "none"),
    ]
    facts += [
        (f"while `{log}` is not collected", "no rows" if not columns else f"no values in {_names(columns)}")
        for log, columns in without.items()
    ]
    if mart.checks:
        facts.append(("tests of figures across tables", _names(mart.checks)))
    source = f"`dbt_project/models/{mart.folder}/{mart.subject}/{mart.name}.yml`"
    parts = [GENERATED.format(source=source), f"# `{mart.name}`\n"]
    if mart.deprecated_until:
        parts.append(f"**Deprecated:** gone after {mart.deprecated_until}. See [versions](../mart-versions.md).\n")
    columns = [
        (
            f"`{column.name}`",
            column.data_type,
            "never" if column.is_required else "can be",
            _meaning(mart, column.name, column.description, column.tests),
        )
        for column in mart.columns
    ]
    question, sql = example or ("The first rows, by key:", _look(mart))
    parts += [
        f"{mart.description}\n",
        table(("about it", ""), facts),
        "## Columns\n",
        table(("column", "type", "null", "meaning"), columns),
        f"## An example\n\n{question}\n\n```sql\n{sql}```\n",
        "[All marts](README.md)\n",
    ]
    return "\n".join(parts)


def _meaning(mart: Mart, name: str, description: str, tests: tuple[str, ...]) -> str:
    dimension = dimension_of(mart, name)
    joins = f" → [`{dimension}`]({dimension}.md)" if dimension else ""
    return description + joins + (f" Tested: {_names(tests)}." if tests else "")


def _how_built(mart: Mart) -> str:
    if mart.is_incremental:
        days = {
            "1": "the days that changed",
            "interactions": "the days whose interactions changed",
            "months": "the months of days that changed",
            "window": "the days that changed and those after them, up to the widest engagement window",
        }
        default = f"the days that changed and the {int(mart.reach) - 1} after each" if mart.reach.isdigit() else ""
        return f"incremental: a run replaces {days.get(mart.reach, default)}"
    if mart.has_ledgers:
        return "read again in each run from records, which are only appended to"
    return "rebuilt in each run" + (", from the whole history" if mart.reach == "lifetime" else "")


def _look(mart: Mart) -> str:
    order = f"\norder by {', '.join(mart.key)}" if mart.key else ""
    return f"select *\nfrom marts.{mart.name}{order}\nlimit 10;\n"


def _examples(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Mart -> the first question with its query that selects from it first."""
    questions: list[tuple[str, str]] = []
    for page in ("cookbook.md", "analyst-guide.md"):
        questions += _QUESTION.findall((DOCS_DIR / page).read_text(encoding="utf-8"))
    examples = {}
    for name in names:
        reading = [one for one in questions if re.search(rf"\bfrom marts\.{name}\b", one[1])]
        if reading:
            examples[name] = (reading[0][0].lstrip("# ").strip(), reading[0][1])
    return examples


def _needs() -> dict[str, dict[str, list[str]]]:
    """Mart -> log -> its columns that have no values while the log is not collected; no column for the whole mart."""
    project: dict[str, Any] = yaml.safe_load((DBT_PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    needs: dict[str, dict[str, list[str]]] = {}
    for log, names in project["vars"]["marts_of_log"].items():
        for name in names:
            mart, _, column = name.partition(".")
            needs.setdefault(mart, {}).setdefault(log, []).extend([column] if column else [])
    return needs


def _grain(mart: Mart) -> str:
    return re.split(r"(?<=[.:])\s", mart.description, maxsplit=1)[0].rstrip(".:") + "."


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
