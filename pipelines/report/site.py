"""Assembles the site: opens the publication, builds each page, renders it, moves the finished folder in.

Queries and wording belong to the page modules, looks to templates/ and static/.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipelines.report import own
from pipelines.report.annotations import Annotation
from pipelines.report.context import SiteContext
from pipelines.report.pages import (
    activation,
    alerts,
    answers,
    brief,
    campaigns,
    churn,
    content,
    events,
    health,
    interactions,
    members,
    owner,
    revenue,
    risk,
    sales,
)
from pipelines.report.parts import charts, text, words
from pipelines.report.parts.blocks import Page
from pipelines.report.parts.database import Marts
from pipelines.report.parts.header import Header, read_header
from pipelines.report.parts.linked import linked
from pipelines.report.parts.menu import menu
from pipelines.report.parts.singles import left_out, rounding_note
from pipelines.report.parts.targets import with_targets
from pipelines.report.sections import known_days

PAGES: tuple[Callable[[Marts, SiteContext, Header], Page], ...] = (
    brief.page,
    owner.page,
    members.page,
    activation.page,
    interactions.page,
    risk.page,
    campaigns.page,
    answers.page,
    revenue.page,
    sales.page,
    content.page,
    events.page,
    churn.page,
    alerts.page,
    health.page,
)
"""Every page; ``menu`` groups them."""

TODAY = "today.js"
"""What tells the pages that there is one of the running day: empty until a look at it is written beside them."""

ANNOTATIONS = "annotations.js"
"""What is said of days, by the operator and by the marts, for the charts of all pages."""

STATIC_DIR = Path(__file__).with_name("static")


def render_site(database: Path, out: Path, *, context: SiteContext) -> list[Path]:
    """Write the whole site into ``out``, replacing what is there.

    Args:
        database: the published ``analytics.duckdb``; only its schema ``marts`` is read.
        out: the site's folder; it appears in one rename, so a killed rendering leaves nothing half-written.
        context: the community and the publication.

    Returns:
        Every file of the site, sorted.
    """
    with TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
        beside = Path(folder) / "site"
        (beside / "static").mkdir(parents=True)
        for path in STATIC_DIR.iterdir():
            shutil.copyfile(path, beside / "static" / path.name)  # the modes of the program's files are not the site's
        with Marts(database, beside, timezone=context.timezone, least_shown=context.least_shown) as marts:
            header = read_header(marts, context)
            pages = [left_out(build(marts, context, header), context.least_shown) for build in PAGES]
            pages = [with_targets(page, context.targets) for page in pages]
            own_pages = own.pages(marts, context)
            known = known_days.drawn(marts, context)
        links = {f"{page.name}.html" for page in own_pages}
        template = environment(links).get_template("page.html")
        for page in pages:
            html = template.render(page=page, menu=menu(pages), header=header, context=context)
            (beside / f"{page.name}.html").write_text(html, encoding="utf-8")
        template = environment(links).get_template("own.html")
        for page in own_pages:
            path = beside / f"{page.name}.html"
            path.parent.mkdir(exist_ok=True)
            path.write_text(template.render(page=page, menu=menu(pages), context=context), encoding="utf-8")
        notes = _script(context.annotations.drawn(context.through_day), known)
        (beside / ANNOTATIONS).write_text(notes, encoding="utf-8")
        (beside / TODAY).write_text("", encoding="utf-8")
        if out.exists():
            out.replace(Path(folder) / "old")
        beside.replace(out)
    return sorted(path for path in out.rglob("*") if path.is_file())


def environment(links: Collection[str] = ()) -> Environment:
    """What renders the templates: filters, words, every text escaped, and names as links to these pages."""
    environment = Environment(
        loader=PackageLoader("pipelines.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=partial(linked, pages=links),
    )
    environment.filters |= {
        "figure": _embed,
        "day": text.day,
        "integer": text.integer,
        "weekday": text.weekday,
        "log": words.log,
        "few": rounding_note,
    }
    environment.globals["words"] = SimpleNamespace(**words.PAGE)
    return environment


def _script(notes: list[Annotation], known: list[Annotation]) -> str:
    """Return the script that hands the operator's notes and the days that the marts know to the charts."""
    said = [
        {"day": one.day.isoformat(), "en": one.text, "zh": one.text_zh, "isKnown": is_known}
        for one, is_known in [*((one, False) for one in notes), *((one, True) for one in known)]
    ]
    return f"window.guildbookAnnotations = {_embed({'notes': said})}.notes;\n"


def _embed(figure: charts.Figure) -> Markup:
    """JSON that can't end the script element it stands in."""
    body = json.dumps(charts.plain(figure), ensure_ascii=False, allow_nan=False)
    for mark in "<>&\u2028\u2029":
        body = body.replace(mark, f"\\u{ord(mark):04x}")
    return Markup(body)  # noqa: S704 - every character that HTML could read is escaped above
