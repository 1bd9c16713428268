"""The reference pages that code is the source of, and the one of the rules between logs.

``python -m pipelines.reference`` (``make docs``) writes them. What a column or a setting means is said in
``pipelines.contract`` and ``pipelines.settings``; only what joins them into a page is in this package. The pages of the
marts are made in ``pipelines.reference.marts``.
"""

from __future__ import annotations

from pathlib import Path

from expectations.relations import RELATIONS
from pipelines.reference.commands import commands_page
from pipelines.reference.gates import gates_page
from pipelines.reference.log_contract import log_contract_page
from pipelines.reference.markdown import DOCS_DIR, GENERATED, table
from pipelines.reference.metrics import metrics_page
from pipelines.reference.payload import payload_schema
from pipelines.reference.settings import settings_page

_RELATIONS_INTRO = """\
# Rules between logs

Faults that no single file can show. Gate 2 judges them
([operator guide](operator-guide.md#what-does-not-agree-between-logs)); [`relation_checks`](marts/relation_checks.md)
counts the rows of each.

"""


def relations_page() -> str:
    """Markdown of ``docs/relations.md``."""
    share = {(True, False): "blocks", (True, True): "blocks, where earlier rows agree", (False, False): "warns"}
    rows = [
        (f"`{one.name}`", ", ".join(one.logs), one.said, share[one.blocks, one.needs_past], one.cure)
        for one in RELATIONS.values()
    ]
    header = ("rule", "logs", "a row that breaks it", "a large share", "what to do")
    return GENERATED.format(source="`expectations/relations.py`") + _RELATIONS_INTRO + table(header, rows)


PAGES = {
    "log-contract.md": log_contract_page,
    "settings.md": settings_page,
    "relations.md": relations_page,
    "gates.md": gates_page,
    "commands.md": commands_page,
    "metrics.md": metrics_page,
    "send-message.schema.json": payload_schema,
}
"""File under ``docs/`` -> function that renders it."""


def write_pages(folder: Path = DOCS_DIR) -> list[Path]:
    """Write every page into ``folder`` and return their paths."""
    paths = []
    for name, render in PAGES.items():
        (folder / name).write_text(render(), encoding="utf-8")
        paths.append(folder / name)
    return paths
