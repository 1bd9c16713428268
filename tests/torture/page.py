"""The page ``docs/how-it-is-tested.md``: each suite with what was counted when it was last recorded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from pipelines.reference.markdown import DOCS_DIR, GENERATED, table
from pipelines.settings import PROJECT_DIR
from pipelines.warehouse.project import DBT_PROJECT_DIR
from tests.damage.registry import damages
from tests.torture.counts import counts
from tests.torture.promises import PROMISES
from tests.torture.suite import suites

if TYPE_CHECKING:
    from tests.torture.suite import Suite

PAGE = "how-it-is-tested.md"

_INTRO = """\
# How it is tested

Every fault below was made on purpose, from a seed: a whole number that decides what is hit, where and when. A run
prints its seeds; whoever has suite and seed can make the fault again.

    make torture                               # every suite in full
    make torture SUITE=kills                   # one suite, from a seed that is drawn and printed
    make torture SUITE=kills SEED=17 COUNT=1   # one fault again

`make test` plays a part of each suite. The counts are those of the runs that were recorded last; a seed that was played
again counts as it ended then.
"""


def torture_page() -> str:
    """Markdown of ``docs/how-it-is-tested.md``."""
    known, counted = suites(), counts()
    overview = table(
        ("suite", "seeds", "from", "failed", "seconds", "day"),
        [(f"[{one.title}](#{_anchor(one.title)})", *_counted(counted.get(one.name))) for one in known.values()],
    )
    parts = [
        GENERATED.format(source="`tests/torture`"),
        _INTRO,
        overview,
        _beside(),
        *(_section(one, counted.get(one.name, {})) for one in known.values()),
        _promises(),
    ]
    return "\n".join(parts)


def write_page(folder: Path = DOCS_DIR) -> Path:
    """Write the page into ``folder`` and return its path."""
    path = folder / PAGE
    path.write_text(torture_page(), encoding="utf-8")
    return path


def _counted(run: dict[str, Any] | None) -> tuple[str, ...]:
    if run is None:
        return ("not recorded yet", "", "", "", "")
    return f"{run['n_seeds']:,}", str(run["first"]), str(len(run["failed"])), f"{run['seconds']:,}", run["day"]


def _section(suite: Suite, run: dict[str, Any]) -> str:
    parts = [f"## {suite.title}\n", f"{suite.what.strip()}\n"]
    if suite.found:
        rows = [(", ".join(map(str, one.seeds)), one.what, one.now) for one in suite.found]
        parts += [f"Found and mended:\n\n{table(('seeds', 'what was wrong', 'now'), rows)}"]
    if failed := run.get("failed"):
        parts += [f"Failed when it was last recorded:\n\n{table(('seed', 'what'), list(failed.items()))}"]
    if suite.unseen:
        parts += ["What it cannot detect:\n\n" + "".join(f"* {one}\n" for one in suite.unseen)]
    return "\n".join(parts)


def _beside() -> str:
    """What else is tried, counted where it is written."""
    models = [yaml.safe_load(path.read_text("utf-8")) for path in (DBT_PROJECT_DIR / "models").rglob("*.yml")]
    n_units = sum(len((one or {}).get("unit_tests", ())) for one in models)
    n_rules = len(list((DBT_PROJECT_DIR / "tests").rglob("*.sql")))
    tests = [path.read_text("utf-8") for path in (PROJECT_DIR / "tests").rglob("test_*.py")]
    n_properties = sum(len(re.findall(r"^@given", text, flags=re.MULTILINE)) for text in tests)
    return (
        f"Beside these suites: {len(damages())} [kinds of damaged deliveries](damages.md), {n_units} unit tests of SQL "
        f"models, {n_rules} rules that every run checks in the finished tables, each shown to notice a planted error, "
        f"and {n_properties} properties for which examples are drawn.\n"
    )


def _promises() -> str:
    rows = [(f"“{_plain(one.words)}”", ", ".join(map(_named, one.tests))) for one in PROMISES]
    intro = "What the [README](../README.md) says, and the tests without which it would be mere words.\n"
    return f"## What the README promises\n\n{intro}\n{table(('promise', 'held by'), rows)}"


def _plain(text: str) -> str:
    return re.sub(r"\[([^]]*)\](\([^)]*\))?", r"\1", text.replace("**", ""))


def _named(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[{name or Path(path).stem}](../{path})"


def _anchor(title: str) -> str:
    return "".join(one for one in title.lower().replace(" ", "-") if one.isalnum() or one == "-")
