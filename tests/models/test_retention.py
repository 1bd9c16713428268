"""Arms, ranking, suggestions and pieces to read: plain functions on rows made up here."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, timedelta
from math import inf

import numpy as np
import pandas as pd
import pytest

from models.retention import content
from models.retention.arms import CONTROL, HASH_VERSION, TREATED, draw_arm, key_id
from models.retention.ranking import EXPECTED_EFFECT, VALUE_AT_RISK, choose_rule, rank, risk_floors, worth_a_place
from models.retention.suggestion import Piece, known, of_kind, suggest

DAY = date(2025, 6, 30)
MEMBERS = [f"m{number}" for number in range(4000)]


def arms(key=b"secret", campaign="c", share=0.3):
    return np.array([draw_arm(key, campaign, member, share) for member in MEMBERS])


def test_the_share_of_the_control_arm_is_the_one_asked_for():
    share = (arms() == CONTROL).mean()
    assert abs(share - 0.3) < 4 * np.sqrt(0.3 * 0.7 / len(MEMBERS))
    assert set(arms(share=0)) == {TREATED}


def test_an_arm_is_the_same_every_time_and_a_larger_share_holds_out_the_same_members_and_more():
    assert (arms() == arms()).all()
    assert ((arms(share=0.5) == CONTROL) >= (arms(share=0.3) == CONTROL)).all()


@pytest.mark.parametrize("other", [{"key": b"another"}, {"campaign": "d"}], ids=["another key", "another campaign"])
def test_another_key_or_campaign_draws_anew(other):
    """Independent draws with p = .3 agree for .58 of the members."""
    agree = (arms() == arms(**other)).mean()
    assert abs(agree - 0.58) < 4 * np.sqrt(0.58 * 0.42 / len(MEMBERS))


def test_the_draw_can_be_checked_by_whoever_has_the_key():
    digest = hmac.new(b"secret", f"{HASH_VERSION}\0c\0m1".encode(), hashlib.sha256).hexdigest()
    point = int(digest[:16], 16) / 2**64
    assert draw_arm(b"secret", "c", "m1", point) == TREATED
    assert draw_arm(b"secret", "c", "m1", point + 1e-9) == CONTROL
    assert key_id(b"secret") != key_id(b"secret2")


def effects(definition="inactivity", **bands):
    names = ["definition", "risk_band", "n_treated", "n_held_out", "effect", "effect_low", "effect_high"]
    return pd.DataFrame([(definition, band, *values) for band, values in bands.items()], columns=names)


ENOUGH = effects(high=(100, 100, 0.2, 0.1, 0.3), medium=(150, 100, 0.05, -0.1, 0.2), low=(100, 100, -0.2, -0.3, -0.1))


def candidates():
    rows = [("a", 0.9, "high", 1.0), ("b", 0.5, "medium", 10.0), ("c", 0.1, "low", 90.0), ("d", 0.8, "high", 1.0)]
    return pd.DataFrame(rows, columns=["member_id", "probability", "risk_band", "weight"]).assign(
        definition="inactivity", is_lost=False
    )


PAYER = pd.DataFrame([("p", 0.4, "medium", 1.0, "lapse", False)], columns=list(candidates().columns))
BOTH = pd.concat([candidates(), PAYER], ignore_index=True)


@pytest.mark.parametrize(
    ("known", "name", "because"),
    [
        (
            effects(),
            VALUE_AT_RISK,
            "the effect of contacting is not known yet: at high risk by inactivity the outcome is known of 0 contacted "
            "members and 0 of the control arm, it takes 100 of each",
        ),
        (
            effects(high=(100, 99, 0.5, 0.4, 0.6)),
            VALUE_AT_RISK,
            "the effect of contacting is not known yet: at high risk by inactivity the outcome is known of "
            "100 contacted members and 99",
        ),
        (ENOUGH.iloc[:2], VALUE_AT_RISK, "the effect of contacting is not known yet: at low risk by inactivity"),
        (
            ENOUGH.assign(definition="lapse"),
            VALUE_AT_RISK,
            "the effect of contacting is not known yet: at high risk by inactivity",
        ),
        (ENOUGH.assign(effect_low=-0.1), VALUE_AT_RISK, "no band of risk has shown an effect"),
        (ENOUGH, EXPECTED_EFFECT, "the effect of being contacted is known"),
    ],
)
def test_a_list_is_ranked_by_effect_only_where_every_band_was_measured(known, name, because):
    rule = choose_rule(known, candidates(), 100)
    assert rule.name == name
    assert rule.because_en.startswith(because)


def test_without_measured_effects_what_is_at_risk_comes_first():
    ranked = rank(candidates(), effects(), choose_rule(effects(), candidates(), 100))
    assert ranked["member_id"].tolist() == ["c", "b", "a", "d"]
    assert ranked["score"].tolist() == pytest.approx([9, 5, 0.9, 0.8])


def test_who_is_lost_comes_after_everybody_else_however_much_is_at_risk():
    """A member silent for a quarter of a year is not the first to write to, whatever the term brings."""
    gone = pd.DataFrame([("gone", 0.9, "high", 99.0, "lapse", True)], columns=list(candidates().columns))
    both = pd.concat([candidates(), gone], ignore_index=True)
    ranked = rank(both, effects(), choose_rule(effects(), both, 100))
    assert ranked["member_id"].tolist() == ["c", "b", "a", "d", "gone"]
    assert ranked["score"].iloc[-1] == pytest.approx(89.1)


def test_by_effect_those_come_first_whom_contact_helps_and_whom_it_harms_are_left_out():
    """The band that showed nothing has nothing to expect, however much is at risk."""
    ranked = rank(candidates(), ENOUGH, choose_rule(ENOUGH, candidates(), 100))
    assert ranked["member_id"].tolist() == ["a", "d", "b"]
    assert ranked["score"].tolist() == pytest.approx([0.2, 0.2, 0])
    assert set(ranked.columns) == {*candidates().columns, "score"}


def test_whoever_may_not_renew_is_ranked_by_the_effect_on_renewals():
    assert choose_rule(ENOUGH, BOTH, 100).because_en.startswith(
        "the effect of contacting is not known yet: at medium risk by lapse"
    )
    known = pd.concat([ENOUGH, effects("lapse", medium=(100, 100, 0.3, 0.1, 0.5))], ignore_index=True)
    ranked = rank(BOTH, known, choose_rule(known, BOTH, 100))
    assert ranked["member_id"].tolist() == ["p", "a", "d", "b"]
    assert ranked["score"].tolist() == pytest.approx([0.3, 0.2, 0.2, 0])


@pytest.mark.parametrize(
    ("base_rate", "least", "ratio", "floor"),
    [
        (0.166, 0.3, 2.0, 0.332),
        (0.10, 0.3, 2.0, 0.3),
        (0.55, 0.3, 2.0, 0.6),
        (0.55, 0.7, 2.0, 0.7),
        (0.4, 0.0, 0.0, 0.0),
        (None, 0.0, 2.0, inf),
    ],
    ids=["twice the usual", "medium risk", "high risk is enough", "asked for more", "no floor", "usual not known"],
)
def test_a_place_on_the_list_needs_a_floor_of_risk(base_rate, least, ratio, floor):
    rates = {} if base_rate is None else {"inactivity": base_rate}
    floors = risk_floors(rates, least, ratio)
    assert floors["inactivity"] == pytest.approx(floor)
    kept = worth_a_place(candidates(), floors)[lambda rows: rows["is_worth_it"]]
    assert kept["member_id"].tolist() == [name for name, p, *_ in candidates().itertuples(index=False) if p >= floor]
    assert (kept["least_risk"] == floors["inactivity"]).all()


def test_each_definition_has_the_floor_of_what_is_usual_by_it():
    floors = risk_floors({"inactivity": 0.4, "lapse": 0.1}, 0.3, 2.0)
    kept = worth_a_place(BOTH, floors)[lambda rows: rows["is_worth_it"]]
    assert kept["member_id"].tolist() == ["a", "d", "p"]


def test_members_of_no_value_are_ranked_by_their_risk():
    ranked = rank(candidates().assign(weight=0.0), effects(), choose_rule(effects(), candidates(), 100))
    assert ranked["member_id"].tolist() == ["a", "d", "b", "c"]


NOTHING = [None, float("nan"), np.nan, pd.NA, pd.NaT, "", "  "]


@pytest.mark.parametrize("missing", NOTHING, ids=repr)
def test_missing_text_is_no_text(missing):
    assert known(missing) is None
    assert known(pd.Series([missing], dtype=object).iloc[0]) is None
    assert known("nan") == "nan"
    assert known(17) == "17"


@pytest.mark.parametrize("missing", NOTHING, ids=repr)
def test_no_message_names_what_has_no_name(missing):
    pieces = [
        Piece("q1", "question", known(missing)),
        Piece("x7", known(missing), known(missing)),
        Piece("c", None, "One"),
    ]
    sent = suggest(member(), pieces)
    assert (sent.en, sent.zh) == ("Send: the question q1; x7; “One”.", "推送：提问 q1、x7、“One”。")
    invited = suggest(member(**EVENT | {"event_title": missing}), [])
    assert (invited.en, invited.zh) == ("Invite to the event e1 on 2025-07-02.", "邀请参加 2025-07-02 的活动 e1。")
    assert suggest(member(event_id=missing, days_to_term_end=None, question_id=missing), []).kind == "points"


def member(**facts):
    return {"risk_band": "medium", "weight": 1.0, "days_to_term_end": None, "event_id": None} | facts


QUESTION = {"question_id": "q9", "question_title": "How?", "question_days": 12}
EVENT = {"event_id": "e1", "event_title": "Talk", "event_day": date(2025, 7, 2)}


@pytest.mark.parametrize(
    ("facts", "pieces", "kind", "words"),
    [
        (
            {"days_to_term_end": 14.0, **EVENT},
            [Piece("c", "article", "One")],
            "coupon",
            "Offer the renewal coupon. The term ends in 14 days.",
        ),
        ({"days_to_term_end": 1}, [], "coupon", "Offer the renewal coupon. The term ends in 1 day."),
        ({"days_to_term_end": 15}, [], "points", "Give points for coming back."),
        (
            {"risk_band": "high", "weight": 2.0},
            [],
            "call",
            "Call or write in person. Worth 2.0 times the typical member.",
        ),
        ({"risk_band": "high", "weight": 1.9}, [], "points", "Give points for coming back."),
        (EVENT, [Piece("c", "article", "One")], "invitation", "Invite to “Talk” on 2025-07-02."),
        ({}, [Piece("c", None, "One"), Piece("d", None, "Two")], "message", "Send: “One”; “Two”."),
        (
            QUESTION,
            [Piece("c", None, "One")],
            "message",
            "Write about their question “How?”, which has waited 12 days: the page Answers names who could answer it.",
        ),
        (
            QUESTION | {"question_title": None, "question_days": 1},
            [],
            "message",
            "Write about their question q9, which has waited 1 day: the page Answers names who could answer it.",
        ),
        (EVENT | QUESTION, [], "message", None),
        (
            QUESTION | {"risk_band": "high", "weight": 2.0},
            [],
            "call",
            "Call or write in person. Worth 2.0 times the typical member. Their question “How?” has waited 12 days.",
        ),
        (
            QUESTION | EVENT | {"days_to_term_end": 3},
            [],
            "coupon",
            "Offer the renewal coupon. The term ends in 3 days. Their question “How?” has waited 12 days.",
        ),
    ],
)
def test_the_first_suggestion_that_fits_is_made(facts, pieces, kind, words):
    found = suggest(member(**facts), pieces)
    assert (found.kind, found.en) == (kind, words or found.en)
    assert found.zh
    sent = [facts["question_id"]] if "question_id" in facts else [piece.content_id for piece in pieces]
    assert found.content_ids == (sent if kind == "message" else [])


def test_a_question_that_waits_comes_before_pieces_of_others_and_after_what_was_measured_to_harm():
    assert suggest(member(**EVENT, **QUESTION), [Piece("c", None, "One")], {"message"}).kind == "invitation"
    assert of_kind("points", member(**QUESTION), []).en == "Give points for coming back."
    assert suggest(member(**QUESTION), []).zh == "就其提问“How?”（已等待 12 天）联系对方；“问答”页列出了能解答的人。"


def test_what_was_measured_to_harm_is_not_suggested():
    assert suggest(member(days_to_term_end=3), [Piece("c", None, "One")], {"coupon"}).kind == "message"
    assert suggest(member(), [], {"points"}).kind == "call"


def test_a_kind_settled_before_keeps_its_words_where_it_does_not_fit_any_more():
    assert of_kind("coupon", member(), []).en == "Offer the renewal coupon."


def reading(taste=True, seed=3):
    """Members of two circles; with ``taste`` they read pieces of their own circle, else any."""
    rng = np.random.default_rng(seed)
    rows = set()
    for number in range(200):
        for day in range(60):
            if rng.random() < 0.3:
                piece = int(rng.integers(40)) * 2 + number % 2 if taste else int(min(rng.geometric(0.05), 79))
                rows.add((f"m{number}", f"c{piece:02}", day))
    frame = pd.DataFrame(sorted(rows), columns=["member_id", "content_id", "day"])
    first = frame.groupby(["member_id", "content_id"], as_index=False)["day"].min()
    return first.assign(first_day=[DAY - timedelta(days=59 - day) for day in first.pop("day")])


PIECES = pd.DataFrame({"content_id": [f"c{n:02}" for n in range(80)], "published_day": DAY - timedelta(days=100)})


def test_neighbours_are_used_where_members_differ_in_taste_and_popularity_where_they_do_not():
    for taste, used in ((True, content.NEIGHBOURS), (False, content.POPULARITY)):
        result = content.evaluate(reading(taste), PIECES, DAY)
        assert set(result.loc[result["is_used"], "method"]) == {used}
        assert result["n_members"].min() > 100
        assert (result["cut_off"] == DAY - timedelta(days=content.TEST_DAYS)).all()
        rates = result.set_index(["method", "n_suggested"])["hit_rate"]
        assert (rates.xs(10, level=1) >= rates.xs(3, level=1)).all()
        gain = result.drop_duplicates("n_suggested")
        assert ((gain["gain_low"] <= gain["gain"]) & (gain["gain"] <= gain["gain_high"])).all()
        assert (gain["gain_low"] > 0).all() == taste


def test_the_gain_is_of_the_same_members_and_members_are_clusters():
    """Worked by hand: a gains at both cut-offs, b at one, c loses at one, d is the same."""
    rows = [("a", 1, 0), ("a", 1, 0), ("b", 1, 0), ("c", 0, 1), ("d", 1, 1), ("d", 0, 0)]
    hits = pd.DataFrame(rows, columns=["member_id", content.NEIGHBOURS, content.POPULARITY])
    gain, low, high = content._paired_gain(hits)
    sums = np.array([2 - 2 / 3, 1 - 1 / 3, -1 - 1 / 3, -2 / 3])
    assert gain == pytest.approx(2 / 6)
    assert high - gain == pytest.approx(1.959964 * np.sqrt(4 / 3 * (sums**2).sum()) / 6)
    assert gain - low == pytest.approx(high - gain)


def test_a_gain_that_chance_may_have_made_is_none():
    """17 hits against 14 of 396 members, as different as they can be: each method's hits are of other members."""
    n = 396
    frame = pd.DataFrame({"member_id": [f"m{i}" for i in range(n)]})
    frame[content.NEIGHBOURS] = [i < 17 for i in range(n)]
    frame[content.POPULARITY] = [17 <= i < 31 for i in range(n)]
    _, low, high = content._paired_gain(frame)
    assert low < 0 < high


def test_too_few_members_decide_nothing():
    few = reading()[lambda rows: rows["member_id"].isin(["m1", "m2", "m3"])]
    result = content.evaluate(few, PIECES, DAY)
    assert set(result.loc[result["is_used"], "method"]) == {content.POPULARITY}
    nothing = content.evaluate(few.iloc[:0], PIECES, DAY)
    assert nothing["n_members"].tolist() == [0] * 4
    assert nothing["hit_rate"].isna().all()


@pytest.mark.parametrize("method", [content.NEIGHBOURS, content.POPULARITY])
def test_a_suggestion_is_unread_and_may_be_suggested(method):
    reads = reading()
    shelf = content.Shelf.of(reads, PIECES.iloc[4:], DAY)
    suggested = shelf.suggest(method, ["m0", "m1", "stranger"], 3)
    for name, pieces in suggested.items():
        assert len(pieces) == 3
        assert not set(pieces) & set(reads.loc[reads["member_id"] == name, "content_id"])
        assert not set(pieces) & {"c00", "c01", "c02", "c03"}
    if method == content.NEIGHBOURS:
        assert all(int(piece[1:]) % 2 == 0 for piece in suggested["m0"])
        assert all(int(piece[1:]) % 2 == 1 for piece in suggested["m1"])


def test_the_evaluation_knows_nothing_after_its_cut_off():
    """What was read later changes the outcome that is foretold, never the suggestions."""
    reads = reading()
    cut_off = DAY - timedelta(days=content.TEST_DAYS)
    early = reads[reads["first_day"] <= cut_off]
    for method in (content.NEIGHBOURS, content.POPULARITY):
        whole = content.Shelf.of(reads, PIECES, cut_off).suggest(method, MEMBERS[:50], 10)
        assert whole == content.Shelf.of(early, PIECES, cut_off).suggest(method, MEMBERS[:50], 10)
