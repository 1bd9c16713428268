"""A small home in which two odd ids of one person are everywhere that ids and texts can be."""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.erasure import delivered
from pipelines.lake import ledger
from pipelines.lake.own_pages import asked_page
from pipelines.lake.schemas import PREDICTIONS
from pipelines.publishing.database import copy_marts
from pipelines.report.parts.linked import One, person
from pipelines.report.parts.text import Text
from tests.support.house import House
from tests.support.tiny_logs import FIRST, days_between, tiny_community

if TYPE_CHECKING:
    from pathlib import Path

ADA = "ada.lovelace@example.org"
ODD = 'Zoë "<O\'Neilbridge>" 李雷 🦊'
PLAIN = "eve"
"""An id that is a plain word, in many texts that speak of nobody."""

NAMES = {"m5": ADA, "m8": ODD, "m9": PLAIN}
LINK_DAY = FIRST + timedelta(days=40)
TITLE, COMMENT, REFERRER, NAME, ALIAS = (
    "Titel-quince über alles", "Kommentar-zephyr & mehr", "invited-wombat by a friend", "Ada-yonder Lovelace",
    "wizardjuggle",
)  # fmt: skip
PAGE = "https://forum.example.org/u/kumquat"
CALLED = {ADA: "Augusta Ada <King> of tamarillo", ODD: "python"}
"""What the ids are called: a name of nobody else, and a plain word that others are called too and that tags hold."""
SECRETS = (TITLE, COMMENT, REFERRER, NAME, ALIAS, PAGE, CALLED[ADA])


DRAW = {
    "day": LINK_DAY, "member_id": ADA, "campaign_id": "r-1", "kind": "message", "arm": "treated", "run_id": "r",
    "definition": "inactivity", "risk_band": "high", "held_out_share": 0.3, "hash_version": "1", "key_id": "k",
    "drawn_at": datetime(2025, 5, 1, tzinfo=UTC),
}  # fmt: skip


def named(value: Any) -> Any:
    return NAMES.get(value, value) if isinstance(value, str) else value


def deliveries() -> dict[tuple[str, date], list[dict[str, Any]]]:
    """The tiny community with those names, and texts of theirs."""
    logs = {
        key: [{name: named(value) for name, value in row.items()} for row in rows]
        for key, rows in tiny_community(2, members=40, days=60).items()
    }
    for (log, _), rows in logs.items():
        for row in rows:
            if log == "content" and row.get("author_id") in (ADA, ODD):
                row["title"] = f"{TITLE} {row['content_id']}"
            if log == "members":
                row["display_name"] = CALLED.get(row["member_id"], "python")
            if log == "members" and row.get("member_id") in (ADA, ODD):
                row |= {"profile_url": PAGE}
                row |= {"referrer": REFERRER, "name": NAME, "contact": {"alias": ALIAS, "lang": "en"}}
            elif log == "members":
                row |= {"referrer": "github", "name": f"Member {row['member_id']}", "contact": {"lang": "en"}}
            if log == "feedback" and row.get("member_id") in (ADA, ODD):
                row["comment"] = COMMENT
    feedback = {"feedback_id": "f-ada", "occurred_at": f"{LINK_DAY}T10:00:00", "member_id": ADA, "about_kind": "event"}
    feedback |= {"score": 3, "scale": "csat5", "comment": COMMENT}
    logs.setdefault(("feedback", LINK_DAY), []).append(feedback)
    logs.setdefault(("content", LINK_DAY), []).append(
        {
            "content_id": f"post-by-{ADA}-1",
            "occurred_at": f"{LINK_DAY}T10:00:00",
            "kind": "article",
            "published_at": f"{LINK_DAY}T10:00:00",
            "author_id": ADA,
            "title": f"{TITLE} by {ADA}",
        }
    )
    link = {"member_a": ADA, "member_b": ODD, "occurred_at": f"{LINK_DAY}T00:00:00", "relation": "same_person"}
    logs.setdefault(("identity_links", LINK_DAY), []).append(link)
    return logs


def build(root: Path) -> House:
    """Deliver in every format, run, and leave behind what runs, people and pages leave."""
    house = House(root)
    logs = deliveries()
    for number, ((log, day), rows) in enumerate(sorted(logs.items())):
        _deliver(house, log, day, rows, ("jsonl", "csv", "csv.gz", "jsonl.zst", "parquet")[number % 5])
    refused = house.home.landing_day("members", LINK_DAY) / "refused.csv"
    refused.parent.mkdir(parents=True, exist_ok=True)
    refused.write_text(
        f"member_id,occurred_at,joined_at,name\n{ADA},no time,2025-01-01,{NAME}\n{ADA},{NAME},too,many,fields\n",
        encoding="utf-8",
    )
    ledger.append(house.home, "action_assignments", [DRAW])
    house.run(days_between(FIRST, max(day for _, day in logs)))
    _leave_traces(house)
    return house


def _deliver(house: House, log: str, day: date, rows: list[dict[str, Any]], form: str) -> None:
    path = house.home.landing_day(log, day) / f"rows.{form}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "parquet":
        columns = list(dict.fromkeys(name for row in rows for name in row))
        flat = [{name: _flat(row.get(name)) for name in columns} for row in rows]
        pq.write_table(pa.Table.from_pylist(flat), path)
        return
    with delivered.writing(path, delivered.form(path)[1]) as stream:
        if form.startswith("jsonl"):
            ascii_ = day.day % 2 == 0
            stream.write("".join(json.dumps(row, ensure_ascii=ascii_) + "\n" for row in rows).encode())
        else:
            stream.write(_csv(rows).encode())


def _flat(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else None if value is None else str(value)


def _csv(rows: list[dict[str, Any]]) -> str:
    import io  # noqa: PLC0415

    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _flat(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _leave_traces(house: House) -> None:
    home = house.home
    now = datetime(2025, 5, 1, tzinfo=UTC)
    list_row = {
        "day": LINK_DAY, "rank": 1, "member_id": ADA, "campaign_id": "r-1", "kind": "message", "suggestion_en":
        f"Send: “{TITLE} c1”.", "suggestion_zh": "推送。", "content_ids": '["c1"]', "made_at": now, "run_id": "r",
    }  # fmt: skip
    ledger.append(home, "retention_actions", [list_row])
    ledger.append(home, "delivery_findings", [{"log": "members", "said": f"{ODD} came twice", "found_at": now}])
    part = home.predictions / f"day={LINK_DAY}" / "part-v1.parquet"
    part.parent.mkdir(parents=True)
    scores = [{"member_id": one, "day": LINK_DAY, "probability": 0.5, "reasons_en": "[]"} for one in (ADA, ODD, PLAIN)]
    pq.write_table(pa.Table.from_pylist(scores, PREDICTIONS), part)
    for number in (1, 2):
        _publish(house, number)
    home.published.symlink_to("versions/2")
    home.exports.mkdir()
    (home.exports / f"list-of-{ADA}.csv").write_text(
        f"\ufeffday,member_id,suggestion_en\r\n{LINK_DAY},{ADA},“{TITLE} c1”\r\n{LINK_DAY},{PLAIN},eve\r\n",
        encoding="utf-8",
    )
    home.last_run.mkdir()
    shown = Text(ODD, ODD).__html__()
    (home.last_run / "index.html").write_text(f"<p>{shown}</p><td>{PLAIN}</td>", encoding="utf-8")
    (home.last_run / "notes.txt").write_bytes(f"{ADA} {TITLE} c1".encode("utf-16"))
    leave_history(house)
    (home.lake / "old.csv.gz").write_bytes(gzip.compress(f"member_id\n{ADA}\n".encode()))


def _publish(house: House, number: int) -> None:
    folder = house.home.versions / str(number)
    # Most marts of the second lie beside its database.
    settings = house.settings.model_copy(update={"published_file_rows": 5} if number == 2 else {})
    copy_marts(house.home.marts, folder / "analytics.duckdb", settings, version=number, through_day=LINK_DAY)
    (folder / "site" / "data").mkdir(parents=True)
    (folder / "site" / "data" / "risk.csv").write_text(f"member_id,n\n{_cell(ODD)},5\n{PLAIN},6\n", encoding="utf-8")
    called = "".join(f"<td>{person(one, name, PAGE)}</td>" for one, name in (*CALLED.items(), (PLAIN, "python")))
    (folder / "site" / "people.html").write_text(f"{called}<td>python</td>", encoding="utf-8")
    ada = One("member", ADA, CALLED[ADA], PAGE)
    for place in (ada.page, asked_page("member", ADA), One("member", PLAIN).page):
        (folder / "site" / place).parent.mkdir(exist_ok=True)
        (folder / "site" / place).write_text(f"<td>{ada.shown({ada.page})}</td>", encoding="utf-8")
    (folder / "site" / "data" / "people.csv").write_text(
        f"member_id,member_name,member_url,tags\n{ADA},{CALLED[ADA]},{PAGE},python\n{_cell(ODD)},python,,python\n"
        f"{PLAIN},python,,python\n",
        encoding="utf-8",
    )
    html = f"<td>{Text(ODD, ODD).__html__()}</td><td>{ADA}</td><td>{PLAIN}</td><p>{PLAIN} n</p><b>“{TITLE} c1”</b>"
    (folder / "site" / "risk.html").write_text(html, encoding="utf-8")
    chart = json.dumps({"x": [ODD, ADA], "title": f"{TITLE} c1"}).replace("<", "\\u003c").replace("'", "\\u0027")
    (folder / "site" / "chart.html").write_text(f"<script>{chart}</script>", encoding="utf-8")


def _cell(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def leave_history(house: House) -> None:
    """Dagster's events of a run that named both ids, freed pages too."""
    folder = house.home.dagster / "history"
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "runs.db")) as con:
        con.execute("pragma journal_mode = wal")
        con.execute("create table event_logs (id integer primary key, event text)")
        for number in range(300):
            event = {"message": f"line {number}\n{ODD if number % 50 == 0 else ADA} refused: {NAME}", "pad": "x" * 900}
            con.execute("insert into event_logs (event) values (?)", [json.dumps({"inner": json.dumps(event)})])
        con.execute("delete from event_logs where id % 3 = 0")
        con.commit()
    (house.home.dagster / "run.log").write_text(f"{ADA}: {COMMENT}\n", encoding="utf-8")
