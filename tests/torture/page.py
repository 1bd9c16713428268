"""The page ``docs/how-it-is-tested.md``: each suite with what its last recorded run counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.reference.markdown import DOCS_DIR, GENERATED, table
from tests.torture.counts import counts
from tests.torture.suite import suites

if TYPE_CHECKING:
    from pathlib import Path

    from tests.torture.suite import Suite

PAGE = "how-it-is-tested.md"

_INTRO = """\
# How it is tested

Every fault below was made on purpose, from a seed: a whole number that decides what is hit, where and when. A run
prints its seeds; whoever has suite and seed can make the fault again.

    make torture                               # every suite in full
    make torture SUITE=kills                   # one suite, from a seed that is drawn and printed
    make torture SUITE=kills SEED=17 COUNT=1   # one fault again

`make test` plays a part of each suite. The counts are those of the last full run that was recorded.
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
        *(_section(one, counted.get(one.name, {})) for one in known.values()),
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
        parts += [f"Failed in the last recorded run:\n\n{table(('seed', 'what'), list(failed.items()))}"]
    if suite.unseen:
        parts += ["What it cannot detect:\n\n" + "".join(f"* {one}\n" for one in suite.unseen)]
    return "\n".join(parts)


def _anchor(title: str) -> str:
    return "".join(one for one in title.lower().replace(" ", "-") if one.isalnum() or one == "-")
