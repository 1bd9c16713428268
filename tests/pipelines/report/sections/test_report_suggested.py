"""What to do for a member on the list, with links to what it names."""

from __future__ import annotations

import pytest

from pipelines.lake.own_pages import EVENT, PIECE
from pipelines.report.parts.linked import One, Sentence, linked
from pipelines.report.sections import suggested
from tests.support.report_marts import CONTEXT, DAY
from tests.support.report_pages import Fill

FIRST, SECOND, PLAIN = One(PIECE, "c1", "One <b>"), One(PIECE, "c2", "One"), One(PIECE, "q9", None)
TALK = One(EVENT, "e1", "Talk")
SHORT, NUMBER = One(PIECE, "c3", "the"), One(EVENT, "2", None)
KNOWN = {one.id: one for one in (FIRST, SECOND, PLAIN, TALK, SHORT, NUMBER)}


@pytest.mark.parametrize(
    ("said", "ids", "event", "parts"),
    [
        ("Send: “One <b>”; “One”.", '["c1", "c2"]', None, ("Send: “", FIRST, "”; “", SECOND, "”.")),
        ("Send: “One”.", '["c2", "c1"]', None, ("Send: “", SECOND, "”.")),
        ("About q9, which waits.", '["q9"]', None, ("About ", PLAIN, ", which waits.")),
        ("Send: “Gone”.", '["gone"]', None, ("Send: “Gone”.",)),
        ("Invite to “Talk” on 2026-12-01.", "[]", "e1", ("Invite to “", TALK, "” on 2026-12-01.")),
        ("Give points.", "[]", None, ("Give points.",)),
        ("Write about their question “the”.", '["c3"]', None, ("Write about their question “", SHORT, "”.")),
        ("邀请参加 2026-12-02 的活动 2。", "[]", "2", ("邀请参加 2026-12-02 的活动 ", NUMBER, "。")),
        ("就其提问q9（已等待 9 天）", '["q9"]', None, ("就其提问", PLAIN, "（已等待 9 天）")),
    ],
)
def test_what_it_names_stands_among_the_words(said, ids, event, parts):
    row = {"suggestion_en": said, "suggestion_zh": said, "content_ids": ids, "event_id": event}
    assert suggested.sentence(row, KNOWN) == Sentence(parts, parts)


def test_only_pages_that_the_site_has_are_linked_in_both_languages():
    sentence = Sentence(("Send ", FIRST, "; ", SECOND), ("推送 ", SECOND))
    html = str(linked(sentence, {SECOND.page}))
    link = f'<a href="{SECOND.page}">One</a>'
    assert html == f'<span lang="en">Send One &lt;b&gt;; {link}</span><span lang="zh-Hans">推送 {link}</span>'


def test_pieces_and_events_of_todays_list_are_known_by_their_titles(fill: Fill):
    marts = fill(f"""
        insert into marts.dim_content by name
        select 'c' || i as content_id, 'Piece ' || i as title from range(4) as pieces (i);
        insert into marts.dim_events by name select 'e' || i as event_id, 'Talk' as title from range(2) as events (i);
        insert into marts.retention_actions by name
        select date '{DAY}' as day, 'm' as member_id, 'treated' as arm, '["c1", "c3"]' as content_ids, 'e1' as event_id
        union all select date '{DAY}' - 1, 'm', 'treated', '["c2"]', 'e0'
        union all select date '{DAY}', 'n', 'held_out', '["c0"]', null;""")

    assert suggested.named(marts, CONTEXT) == {
        "c1": One(PIECE, "c1", "Piece 1"),
        "c3": One(PIECE, "c3", "Piece 3"),
        "e1": One(EVENT, "e1", "Talk"),
    }
