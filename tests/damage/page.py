"""The page ``docs/damages.md``: every entry of the suite of damages, one table for each place that notices some."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipelines.reference.markdown import DOCS_DIR, GENERATED, table

from .registry import Verdict, Where, damages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .registry import Damage

PAGE = "damages.md"

_INTRO = """\
# What becomes of a damaged delivery

Exports break in many ways. Each entry below is a kind of damage that was made on purpose: a test delivers it and
checks what notices it, what happens to it, and that the message is there. The contract is in
[log-contract.md](log-contract.md), what to do about a refusal in the [operator guide](operator-guide.md).

* *rejected*: the file is not read, and the day says so.
* *quarantined*: the row is kept aside with file, line, reason and text; the other rows count.
* *withheld*: the log day does not go on; its last good delivery stays.
* *not published*: the run stops, and the last published version stays.
* *warned*: it counts, and the warning says how many rows and what to do.
* *read as meant*: nothing is lost.
* *stays*: it counts as if it were true, because the delivery looks like an honest one. The table says why.
"""

_HEADINGS = {
    Where.FILE: ("The file", "Noticed when a file is opened or cut into rows."),
    Where.ROW: ("The row", "Noticed when a row is read by the log contract."),
    Where.FINDING: ("Findings of ingestion", "About accepted rows, and about files that lie in the wrong place."),
    Where.GATE_1: ("Gate 1", "Noticed when a log day's delivery is checked as a whole."),
    Where.GATE_2: ("Gate 2", "Noticed when logs are compared with each other."),
    Where.NOWHERE: ("What cannot be known", "Nothing in the delivery speaks against it."),
}


def damages_page() -> str:
    """Markdown of ``docs/damages.md``."""
    entries = damages()
    noticed = Counter(one.where for one in entries)
    verdicts = Counter(one.verdict for one in entries)
    parts = [
        GENERATED.format(source="`tests/damage`"),
        _INTRO,
        f"{len(entries)} kinds in all; {len(entries) - verdicts[Verdict.STAYS]} of them are noticed or do no harm.\n",
        table(
            ("where", *Verdict, "all"),
            [(where, *_counts(entries, where), str(noticed[where])) for where in Where if noticed[where]],
        ),
        *(_section(where, [one for one in entries if one.where is where]) for where in Where if noticed[where]),
    ]
    return "\n".join(parts)


def write_page(folder: Path = DOCS_DIR) -> Path:
    """Write the page into ``folder`` and return its path."""
    path = folder / PAGE
    path.write_text(damages_page(), encoding="utf-8")
    return path


def _counts(entries: Sequence[Damage], where: Where) -> list[str]:
    found = Counter(one.verdict for one in entries if one.where is where)
    return [str(found[verdict] or "") for verdict in Verdict]


def _section(where: Where, entries: Sequence[Damage]) -> str:
    heading, what = _HEADINGS[where]
    rows = [
        (one.kind, f"`{one.log}`", one.example and f"`{_shown(one.example)}`", one.verdict, one.why or _said(one.says))
        for one in sorted(entries, key=lambda one: (list(Verdict).index(one.verdict), one.kind.lower(), one.log))
    ]
    last = "why" if where is Where.NOWHERE else "what is said"
    return f"## {heading}\n\n{what}\n\n{table(('kind of damage', 'log', 'example', 'verdict', last), rows)}"


def _said(text: str) -> str:
    return f"“{_shown(text).strip()}”" if text else ""


def _shown(text: str) -> str:
    """Return text with what cannot be seen spelled out."""
    seen = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
    return seen.replace("`", "'")
