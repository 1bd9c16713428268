"""Pages of one member, piece or event: which there are, that links lead to them, that figures are the marts'."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from markupsafe import escape

from pipelines.lake.own_pages import KINDS, own_page
from pipelines.report import own
from pipelines.report.pages import gathering, member, piece
from pipelines.report.parts.blocks import Table, Tiles
from pipelines.report.parts.database import Marts, Result
from pipelines.report.parts.text import Text
from tests.support.report_html import Html
from tests.support.report_marts import CONTEXT, HOSTILE
from tests.support.report_pages import Fill, Site, block_of

CHINESE = re.compile("[\u4e00-\u9fff]")
RICH = "m5"


@pytest.fixture
def full(sites: dict[str, Site]) -> Site:
    return sites["full"]


@pytest.fixture(scope="module")
def own_html(sites: dict[str, Site]) -> dict[str, Html]:
    """Every page of one member, piece or event of the full site, by its place."""
    folder = sites["full"].folder
    paths = [path for kind in KINDS for path in sorted((folder / kind).glob("*.html"))]
    return {path.relative_to(folder).as_posix(): Html(path.read_text(encoding="utf-8")) for path in paths}


def test_every_link_of_the_whole_site_leads_to_a_file_that_exists(site: Site) -> None:
    for path in site.folder.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        base = re.search(r'<base href="(.*?)">', html)
        assert (base is None) == (path.parent == site.folder)
        root = path.parent / base[1] if base else path.parent
        for link in re.findall(r'(?:href|src)="(?!https?:)([^"]+)"', html.replace(base[0], "") if base else html):
            assert link == "status.js" or (root / link.split("#")[0]).is_file(), (path.name, link)


def test_every_member_piece_and_event_with_a_page_is_a_link_wherever_a_page_names_it(full: Site) -> None:
    for path in full.folder.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        for member_id in re.findall(r"<bdi>[^<]*</bdi>(?:</a>)? <small>([^<]*)</small>", html):
            place = own_page("member", member_id)
            is_own = path == full.folder / place
            assert is_own or not (full.folder / place).exists() or f'<a href="{place}"' in html, (path.name, member_id)
    for name, place in (("events", own_page("event", "e3")), ("answers", own_page("piece", "w28"))):
        assert place in full.page(name).attributes("a", "href")


def test_each_is_well_formed_says_all_in_both_languages_and_runs_nothing_that_people_wrote(
    own_html: dict[str, Html],
) -> None:
    assert {name.split("/")[0] for name in own_html} == set(KINDS)
    for name, html in own_html.items():
        assert len([tag for tag, _ in html.tags if tag == "h1"]) == 1
        assert "img" not in {tag for tag, _ in html.tags}, name
        assert not any(one.startswith("on") for _, attributes in html.tags for one in attributes)
        english = [text for language, text in html.spans if language == "en"]
        chinese = [text for language, text in html.spans if language == "zh-Hans"]
        assert len(english) == len(chinese)
        for text, translation in zip(english, chinese, strict=True):
            rest = text.replace(HOSTILE, "")
            assert CHINESE.search(translation) or not re.search("[A-Za-z]{2}", rest), (text, translation)
    hostile = own_html[own_page("member", HOSTILE)]
    assert HOSTILE in hostile.text
    assert HOSTILE in own_html[own_page("piece", "q3")].text


def test_the_query_behind_each_block_is_of_that_one_alone_and_runs_on_the_published_database(
    full: Site, own_html: dict[str, Html]
) -> None:
    rich = {kind: own_html[own_page(kind, id_)] for kind, id_ in (("member", RICH), ("piece", "q3"), ("event", "e2"))}
    with duckdb.connect(full.database, read_only=True) as con:
        for kind, html in rich.items():
            assert len(html.code) >= 2
            for sql in html.code:
                cursor = con.execute(sql)
                names = [column[0] for column in cursor.description or ()]
                rows = cursor.fetchall()
                key = {"member": "member_id", "piece": "content_id", "event": "event_id"}[kind]
                assert rows
                assert len({row[names.index(key)] for row in rows}) == 1


def test_a_members_figures_are_those_of_the_marts(full: Site, own_html: dict[str, Html]) -> None:
    html = own_html[own_page("member", RICH)]
    (figure,) = [json.loads(body) for body in html.json]
    drawn = {
        one["name"]["en"] if isinstance(one["name"], dict) else one["name"]: sum(one["y"]) for one in figure["series"]
    }
    of = f"member_id = '{RICH}' and day > date '{CONTEXT.through_day}' - 365"
    with duckdb.connect(full.database, read_only=True) as con:
        did, read = con.execute(
            f"select sum(n_contents) + sum(n_interactions), sum(n_reads) from marts.fct_member_days where {of}"
        ).fetchall()[0]
        paid = con.execute(f"select sum(gross_minor - refund_minor) / 100 from marts.payments where {of}").fetchall()
        came = con.execute(
            f"select count(*) from marts.member_events where member_id = '{RICH}' and is_attended"
        ).fetchall()
        asked = con.execute(
            f"select count(*) filter (n_responses > 0), count(*) from marts.answer_times where asker_id = '{RICH}'"
        ).fetchall()
    assert (drawn["contents and interactions"], drawn["reads"]) == (did, read)
    assert drawn["CNY"] == paid[0][0]
    assert drawn["attended"] == came[0][0]
    assert drawn.get("answered", 0) + drawn["waiting"] + drawn["never answered"] == asked[0][1]
    assert drawn.get("answered", 0) == asked[0][0]
    for said in ("169 CNY", "Here since", "came from search", "70", "going quiet"):
        assert said in html.text


@pytest.mark.parametrize(
    ("kind", "row", "en", "zh"),
    [
        ("event", "insert into marts.dim_events by name select 'x' as event_id, 'ama' as kind, 'online' as mode, "
            "date '2026-11-01' as starts_day",
            ["ask me anything", "online"], ["有问必答", "线上"]),
        ("piece", "insert into marts.dim_content by name select 'x' as content_id, 'question' as kind, 'a|b' as tags, "
            "'paid' as access, date '2026-11-01' as published_day",
            ["Question", "a, b", "paid"], ["提问", "a, b", "付费"]),
    ],
)  # fmt: skip
def test_codes_of_the_logs_are_words_in_both_languages(
    fill: Fill, kind: str, row: str, en: list[str], zh: list[str]
) -> None:
    build = {"piece": piece.pages, "event": gathering.pages}[kind]
    (page,) = build(fill(row), CONTEXT, ["x"])
    said = [one for _, one in block_of(page, "About it").entries]
    assert [getattr(one, "en", one) for one in said] == en
    assert [getattr(one, "zh", one) for one in said] == zh


def test_who_is_gone_and_who_counts_nowhere_is_said_first(fill: Fill) -> None:
    sql = """
        insert into marts.dim_members by name
        select member_id, status, role, role in ('bot', 'staff') as is_excluded, null as lifecycle
        from (values ('gone', 'left', 'member'), ('out', 'banned', 'member'), ('robot', 'active', 'bot'),
            ('team', 'active', 'staff'), ('mute', 'active', 'member')) as v (member_id, status, role);
    """
    marts = fill(sql)
    said = {one: member.pages(marts, CONTEXT, [one])[0].answer for one in ("gone", "out", "robot", "team", "mute")}
    assert said["gone"].en == "This account is gone (left): no figure of today counts it; never active."
    assert said["out"].zh == "该账号已离开（已封禁），今天的各项人数不含此人；从未活跃。"
    assert said["robot"].en.startswith("This is bot: no figure counts it")
    assert said["team"].zh.startswith("这是工作人员")
    assert said["mute"].en == "Stage not known; never active."


ODD_IDS = ("a/b", "..", "a b#c?d", "🦊", "x" * 300, "o'neil", '"', "{ids}", "%s", "甲", "</script>")


@pytest.mark.parametrize("kind", KINDS)
def test_an_id_may_hold_anything(fill: Fill, kind: str) -> None:
    mart, column, build = {
        "member": ("dim_members", "member_id", member.pages),
        "piece": ("dim_content", "content_id", piece.pages),
        "event": ("dim_events", "event_id", gathering.pages),
    }[kind]
    values = ", ".join("('" + one.replace("'", "''") + "')" for one in ODD_IDS)
    marts = fill(f"insert into marts.{mart} ({column}) values {values}")
    pages = build(marts, CONTEXT, list(ODD_IDS))
    assert len({page.name.lower() for page in pages}) == len(ODD_IDS)
    assert all(re.fullmatch(rf"{kind}/[0-9a-f]{{20}}", page.name) for page in pages)
    assert [str(page.question) for page in pages] == [str(escape(one)) for one in ODD_IDS]
    first = [next(block.result for block in page.blocks if block.result) for page in pages]
    assert [[row[column] for row in marts.rows(result.sql)] for result in first] == [[one] for one in ODD_IDS]


class _Listed:
    """Results as pages left them."""

    def __init__(self, **rows: list[dict[str, object]]) -> None:
        self.results = {name: Result(name, "", found, len(found), "") for name, found in rows.items()}


def _members(prefix: str, n: int) -> list[dict[str, object]]:
    return [{"member_id": f"{prefix}{i}"} for i in range(n)]


def test_a_site_has_no_more_pages_than_are_stated_and_the_most_urgent_first() -> None:
    marts = _Listed(
        waiting_questions=[{"asker_id": f"asks{i}", "question_id": f"q{i}"} for i in range(400)],
        member_engagement=_members("keen", 200),
        risk_lapse=_members("late", 100),
        risk_inactivity=_members("quiet", 100),
        retention_actions=[*_members("list", 30), {"member_id": "erased-0123456789ab"}, {"member_id": None}],
        events=[{"event_id": f"e{i}"} for i in range(90)],
    )
    found = own.chosen(marts, "member")  # type: ignore[arg-type]
    expected = [f"{name}{i}" for name, n in (("list", 30), ("quiet", 50), ("late", 50), ("keen", 50)) for i in range(n)]
    assert found[: len(expected)] == expected
    assert len(found) == own.MOST["member"]
    assert set(found[len(expected) :]) == {f"asks{i}" for i in range(own.MOST["member"] - len(expected))}
    assert [len(own.chosen(marts, kind)) for kind in ("piece", "event")] == [100, 50]  # type: ignore[arg-type]


def test_pages_without_small_counts_have_none_of_one_and_no_link_to_one(full: Site) -> None:
    with Marts(full.database, timezone=CONTEXT.timezone, least_shown=5) as marts:
        marts.results |= {"risk_inactivity": Result("risk_inactivity", "", _members("m", 9), 9, "")}
        assert own.pages(marts, replace(CONTEXT, least_shown=5)) == []


def test_a_bare_publication_has_no_such_page(sites: dict[str, Site]) -> None:
    for name in ("empty", "bare"):
        assert not any((sites[name].folder / kind).exists() for kind in KINDS)


def test_a_page_is_small(full: Site) -> None:
    sizes = {path.name: path.stat().st_size for kind in KINDS for path in (full.folder / kind).glob("*")}
    assert max(sizes.values()) < 80_000


def test_the_time_line_is_a_year_and_tells_a_score_where_its_band_changed(fill: Fill) -> None:
    sql = """
        insert into marts.dim_members by name select 'a' as member_id, false as is_excluded;
        insert into marts.churn_predictions by name
        select 'a' as member_id, day, 'inactivity' as definition, p as probability, band as risk_band,
            '["r"]' as reasons_en, '["因"]' as reasons_zh, true as is_current
        from (values (date '2026-10-05', 0.2, 'low'), (date '2026-10-08', 0.5, 'medium'),
            (date '2026-10-12', 0.5, 'medium'), (date '2026-10-19', 0.9, 'high'),
            (date '2025-10-19', 0.9, 'high')) as v (day, p, band);
        insert into marts.payments by name
        select 's' as source, 'p' || day as payment_id, 'payment' as movement, 'subscription' as paid_for,
            'a' as member_id, 'CNY' as currency, 9900 as gross_minor, 0 as refund_minor, day
        from (values (date '2025-11-19'), (date '2025-11-20'), (date '2026-11-20')) as v (day);
    """
    (page,) = member.pages(fill(sql), CONTEXT, ["a"])
    table = block_of(page, "What happened, the latest first")
    assert isinstance(table, Table)
    assert [row[0].sort for row in table.rows] == ["2026-10-19", "2026-10-08", "2025-11-20"]
    series = block_of(page, "The last twelve months, week by week").figure["series"]  # type: ignore[attr-defined]
    assert series[-1]["y"] == [50.0, 50.0, 90.0], "one score a week, the last"
    assert isinstance(page.blocks[0], Tiles)


def test_nothing_of_a_future_event_is_called_absent(fill: Fill) -> None:
    sql = """
        insert into marts.dim_events by name select 'e' as event_id, date '2026-12-01' as starts_day, 'Later' as title;
        insert into marts.event_performance by name
        select 'e' as event_id, 12 as n_registered, 3 as n_cancelled, date '2026-12-01' as starts_day;
    """
    (page,) = gathering.pages(fill(sql), replace(CONTEXT, through_day=date(2026, 11, 19)), ["e"])
    assert page.answer.en == "On 1 Dec 2026; 12 members registered so far."
    assert page.answer.zh == "2026年12月1日举行，目前 12 人报名。"
    tiles = page.blocks[0]
    assert isinstance(tiles, Tiles)
    assert [tile.label.en for tile in tiles.tiles] == ["Registered"]


def test_the_folder_of_a_page_leads_back_to_that_of_the_site(full: Site) -> None:
    page = Path(full.folder / own_page("member", RICH)).read_text(encoding="utf-8")
    assert '<base href="../">' in page
    assert '<link rel="stylesheet" href="static/report.css">' in page


@pytest.mark.parametrize(
    ("known", "en", "zh"),
    [
        ("7.25", "until half of the members who read it so far had", "现有读者（成员）的一半首次读到所用"),
        ("null", "until half of its reads so far", "达到现有阅读数一半所用"),
    ],
)
def test_the_half_life_of_a_piece_says_whose_reads_it_is_of(fill: Fill, known: str, en: str, zh: str) -> None:
    sql = f"""
        insert into marts.dim_content by name select 'x' as content_id, date '2026-11-01' as published_day;
        insert into marts.content_performance by name
        select 'x' as content_id, 30 as n_reads, 3 as n_unique_readers, 0 as n_interactions, 0 as n_interactors,
            {known} as half_life_hours, 2 as half_life_days;
    """
    (page,) = piece.pages(fill(sql), CONTEXT, ["x"])
    tiles = block_of(page, "What came of it")
    assert isinstance(tiles, Tiles)
    (note,) = [tile.note for tile in tiles.tiles if tile.label.en == "Half-life"]
    assert note == Text(en, zh)
