"""Every query of the cookbook runs as printed on a published database, and answers what other tables say too.

The figures that are compared are worked out in pandas from other tables than the query reads, or another way.
"""

from __future__ import annotations

import re
from datetime import timedelta

import duckdb
import pandas as pd
import pytest

from pipelines.contract import LOGS
from pipelines.reference.manifest import load_manifest, published_marts
from pipelines.settings import PROJECT_DIR

pytestmark = pytest.mark.xdist_group("job")

PAGE = (PROJECT_DIR / "docs" / "cookbook.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^### ([^\n]+)\n\n```sql\n(.*?)```\n\n\S", PAGE, flags=re.MULTILINE | re.DOTALL))

WITHOUT_ANSWER = (
    "Who fell silent",  # nobody was silent for half of the horizon
    "Who responds first",  # no answer says which question it is under
    "Which alerts fired in the last four weeks",  # no series has eight weeks of history
    "How large is churn by each",  # its days end before the outcome of a month is known
    "After how long do members leave",  # the same
    "Which sources bring members who stay",  # nobody was seen for two months
    "What do guests of events bring",  # no event is 90 days old
    "Do members stay longer who began",  # nobody was seen for 60 days
    "Which topics go along with renewals",  # few terms were due
    "Who lapsed in the last month",  # few terms ended
    "What did each paid piece earn",  # nobody sells pieces there
    "What did pieces bring each month",  # the same
    "Do those buy a piece who read it",  # the same
    "What became of sales when a price changed",  # the same
    "Whom did we write to and call most",  # nobody was written to or called
)
"""Questions that find nothing in a community of six weeks; the last tests here ask them of rows that are made up."""


@pytest.fixture(scope="module")
def published(good_home):
    with duckdb.connect(str(good_home.home.published / "analytics.duckdb"), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def mart(published):
    return lambda name: published.execute(f"from marts.{name}").df()


@pytest.fixture(scope="module")
def answer(published):
    def ask(words):
        (query,) = [query for question, query in RECIPES.items() if words in question]
        return published.execute(query).df()

    return ask


@pytest.fixture(scope="module")
def last_day(mart):
    return mart("publication")["through_day"][0]


def test_each_recipe_says_how_to_read_its_answer():
    assert len(RECIPES) == PAGE.count("```sql") == PAGE.count("\n### ") >= 28


@pytest.mark.parametrize("question", RECIPES)
def test_a_recipe_runs_as_printed_and_answers(published, question):
    rows = published.execute(RECIPES[question]).df()

    assert rows.columns.is_unique
    assert len(rows) or question.startswith(WITHOUT_ANSWER)
    assert [column for column in rows.columns if column.startswith("n_") and (rows[column] < 0).any()] == []


def test_members_of_a_month_are_the_known_ones_who_are_neither_staff_nor_gone(answer, mart, last_day):
    members = answer("How many members are there each month").set_index("day")

    known = mart("dim_members")
    closed = known["status"].isin(["banned", "left", "erased"])
    expected = (~known["is_excluded"] & ~closed & (known["first_day"] <= last_day)).sum()
    assert members.loc[last_day, "n_members"] == expected
    steps = members["n_members"].diff().iloc[1:]
    assert (steps == (members["n_entered"] - members["n_left"]).iloc[1:]).all()


def test_sources_of_members_add_up_to_all_of_them(answer, mart):
    sources = answer("Where do the members who stay come from")

    known = mart("dim_members")
    counted = known[~known["is_excluded"] & known["first_day"].notna()]
    expected = counted["referrer"].fillna("unknown").value_counts()
    assert sources.set_index("referrer")["n_members"].to_dict() == expected.to_dict()


def test_cohorts_of_a_week_are_new_members_and_their_later_days(answer, mart, last_day):
    grid = answer("first seen in a week").set_index(["cohort_week", "age_weeks"])

    known = mart("dim_members")
    known = known[~known["is_excluded"] & known["first_day"].notna()]
    monday = lambda days: days - pd.to_timedelta(days.dt.dayofweek, unit="D")  # noqa: E731
    cohort = monday(known.set_index("member_id")["first_day"])
    cohort = cohort[cohort >= last_day - timedelta(days=84 + last_day.weekday())]
    days = mart("fct_member_days").query("is_active")[["member_id", "day"]]
    days = days.assign(cohort=days["member_id"].map(cohort)).dropna()
    days["age"] = (monday(days["day"]) - days["cohort"]).dt.days // 7
    active = days.groupby(["cohort", "age"])["member_id"].nunique()
    assert grid["cohort_size"].groupby(level=0).first().to_dict() == {
        week: n for week, n in cohort.value_counts().items() if week + timedelta(days=13) <= last_day
    }
    assert grid["n_active"].to_dict() == active.reindex(grid.index, fill_value=0).to_dict()
    assert grid["n_active"].sum() > 0


def test_hours_of_reading_are_those_in_the_lake(answer, good_home, last_day):
    hours = answer("At which hours do members read").set_index("hour")

    log = duckdb.sql(f"from read_parquet('{good_home.home.lake}/raw/interactions/*/*.parquet')").df()
    log = log.sort_values("source_seq", na_position="first").drop_duplicates(
        ["interaction_id", "event_day"], keep="last"
    )
    recent = pd.to_datetime(log["event_day"]) > last_day - timedelta(days=28)
    read = log[recent & log["kind"].isin(["view", "read"]) & (log["op"] == "upsert")]
    clock = read["occurred_at"].dt.tz_localize("UTC").dt.tz_convert("Asia/Shanghai").dt.hour
    assert hours["n_reads"].sum() > 0.8 * len(read)  # those of bots are left out
    assert (hours["n_reads"] <= clock.value_counts().reindex(hours.index, fill_value=0)).all()
    assert hours["share_of_reads"].sum() == pytest.approx(1, abs=0.01)


def test_replies_of_a_pair_are_counted_under_both_names(answer, mart, last_day):
    pairs = answer("Who answers whom").set_index(["member_id", "replied_to_id"])

    replies = mart("replies")
    replies = replies[replies["day"] > last_day - timedelta(days=90)]
    expected = replies.groupby(["member_id", "replied_to_id"]).size()
    assert pairs["n_replies"].to_dict() == expected.reindex(pairs.index).to_dict() != {}
    assert pairs["n_replies_back"].to_dict() == {
        (one, other): expected.get((other, one), 0) for one, other in pairs.index
    }
    assert pairs["n_replies"].iloc[0] == expected.max()


def test_moves_are_those_of_the_members(answer, mart):
    moves = answer("move up or down").set_index("day")[["n_up", "n_held", "n_down"]]

    segments = mart("member_segments")
    counts = segments.groupby(["day", "move"]).size().unstack(fill_value=0)
    expected = counts.reindex(columns=["up", "held", "down"], fill_value=0).loc[moves.index]
    assert (moves.to_numpy() == expected.to_numpy()).all()


def test_weekdays_are_those_of_the_calendar(answer, mart):
    weekdays = answer("On which days of the week").set_index("day_of_week")

    days = mart("fct_member_days")
    interactions = days.groupby("day")["n_interactions"].sum().reindex(mart("community_days")["day"], fill_value=0)
    expected = interactions.groupby(interactions.index.day_of_week + 1).mean()
    assert list(weekdays.index) == [1, 2, 3, 4, 5, 6, 7]
    assert weekdays["mean_interactions"].to_dict() == pytest.approx(expected.to_dict(), abs=0.051)


def test_half_of_the_contributions_are_made_by_so_few(answer, mart):
    months = answer("On how few members").set_index("month")

    days = mart("fct_member_days").assign(made=lambda d: d["n_contents"] + d["n_interactions"])
    days["month"] = days["day"].dt.to_period("M").dt.to_timestamp()
    for month, rows in days[days["made"] > 0].groupby("month"):
        made = rows.groupby("member_id")["made"].sum().sort_values(ascending=False)
        assert months.loc[month, "n_contributors"] == len(made)
        assert months.loc[month, "n_members_for_half"] == (made.cumsum() < made.sum() / 2).sum() + 1
        assert months.loc[month, "top_10_share"] == pytest.approx(made.head(10).sum() / made.sum(), abs=0.0005)


def test_published_pieces_are_those_of_the_catalogue(answer, mart, last_day):
    kinds = answer("Which kinds of content are read").set_index("kind")["n_published"]

    pieces = mart("dim_content")
    recent = pieces["published_day"].between(last_day - timedelta(days=27), last_day)
    expected = pieces[recent & ~pieces["kind"].isin(["question", "answer", "comment"])]["kind"].value_counts()
    assert {kind: n for kind, n in kinds.items() if n and kind in expected} == expected.to_dict()


def test_questions_that_wait_have_no_response_and_the_longest_wait_is_first(answer, mart):
    waiting = answer("Which questions have waited longest")

    times = mart("answer_times")
    assert set(waiting["question_id"]) <= set(times[times["first_response_at"].isna()]["question_id"])
    assert waiting["waiting_days"].is_monotonic_decreasing
    assert waiting["asked_day"].min() == times[times["first_response_at"].isna()]["asked_day"].min()


def test_guests_of_an_event_are_those_that_the_log_names(answer, good_home):
    events = answer("Which events were worth it").set_index("event_id")["n_attended"]

    log = duckdb.sql(f"from read_parquet('{good_home.home.lake}/raw/event_participation/*/*.parquet')").df()
    guests = log[log["state"] == "attended"].groupby("event_id")["member_id"].nunique()
    assert len(events) > 1
    assert all(events[event] <= guests.get(event, 0) for event in events.index)
    assert events.sum() > 0.8 * guests.reindex(events.index).sum()  # bots and staff are left out


def test_guests_are_those_whom_the_log_names_last_as_attended(answer, good_home, last_day, mart):
    guests = answer("Who attended which event")

    log = duckdb.sql(f"from read_parquet('{good_home.home.lake}/raw/event_participation/*/*.parquet')").df()
    recent = mart("dim_events")
    recent = recent[recent["starts_day"].between(last_day - timedelta(days=27), last_day)]
    came = log[(log["state"] == "attended") & log["event_id"].isin(recent["event_id"])]
    assert 0 < len(guests) <= len(came[["event_id", "member_id"]].drop_duplicates())
    assert (guests["starts_day"].between(last_day - timedelta(days=27), last_day)).all()


def test_plans_add_up_to_the_revenue_of_each_month(answer, mart):
    plans = answer("does each plan bring")

    months = mart("revenue_months").dropna(subset=["mrr_end_minor"]).set_index(["month", "currency"])["mrr_end_minor"]
    added = plans.groupby(["month", "currency"])["mrr_end_minor"].sum()
    assert added.to_dict() == months[months > 0].to_dict() != {}
    assert plans["plan"].nunique() > 1
    assert plans.groupby(["month", "currency"])["share_of_mrr"].sum().round(2).eq(1).all()


def test_the_bridge_of_each_quarter_holds(answer, mart):
    quarters = answer("What made recurring revenue")

    gained = quarters["new"] + quarters["expansion"] + quarters["reactivation"]
    lost = quarters["contraction"] + quarters["churn"]
    assert (quarters["mrr_start"] + gained - lost == quarters["mrr_end"]).all()
    months = mart("revenue_months").dropna(subset=["mrr_end_minor"])
    assert quarters["mrr_end"].iloc[-1] == months.sort_values(["currency", "month"])["mrr_end_minor"].iloc[-1]


def test_tickets_of_all_kinds_add_up_to_the_payments_for_known_events(answer, mart, last_day):
    kinds = answer("What did events earn")

    sales, paid = mart("event_sales"), mart("payments")
    past = sales[sales["starts_day"] <= last_day]["event_id"]
    tickets = paid[(paid["paid_for"] == "event") & paid["event_id"].isin(past)]
    assert kinds["net_minor"].sum() == tickets["net_minor"].sum() != 0
    assert kinds["n_sold"].sum() == (tickets["movement"] == "payment").sum()


def test_worth_by_source_is_what_its_members_had_paid_by_then(answer, mart, last_day):
    worth = answer("What is a member worth")

    members, paid = mart("dim_members").set_index("member_id"), mart("payments")
    month = pd.DateOffset(months=1)
    is_observed = members["first_day"] + month <= last_day + timedelta(days=1)
    start = mart("log_coverage").set_index("log").loc["payments", "first_log_day"]
    counted = members[is_observed & (members["first_day"] >= start)]
    early = paid[paid["day"] < paid["member_id"].map(counted["first_day"]) + month]
    known = worth[worth["age_months"] == 1]
    assert 0 < known.groupby("currency")["n_members"].sum().max() <= len(counted)
    found = (known["mean_net_minor"] * known["n_members"]).sum()
    assert found == pytest.approx(early["net_minor"].sum(), abs=known["n_members"].sum())


def test_the_money_of_each_kind_adds_up_to_the_months_of_revenue(answer, mart):
    kinds = answer("What does the money come from")

    months = mart("revenue_months")
    paid = mart("payments")
    earlier = paid[paid["month"] < months["month"].min()]
    assert kinds["gross_minor"].sum() - earlier["gross_minor"].sum() == months["payments_in_minor"].sum() > 0
    assert kinds["refunds_minor"].sum() - earlier["refund_minor"].sum() == months["refunds_minor"].sum() > 0
    assert (kinds["net_minor"] == kinds["gross_minor"] - kinds["refunds_minor"] - kinds["fees_minor"]).all()
    assert kinds["n_with_problem"].sum() == mart("payments")["problem"].notna().sum()


def test_terms_that_were_due_are_explained(answer, mart):
    plans = answer("Why were paid terms not renewed")

    reasons = ["n_renewed", "n_voluntary", "n_payment_failure", "n_refunded", "n_expired_or_other"]
    assert (plans[reasons].sum(axis=1) == plans["n_due"]).all()
    terms = mart("subscription_terms")
    coverage = mart("log_coverage").set_index("log").loc["subscriptions", "first_log_day"]
    due = terms[terms["is_due"] & (terms["term_end"] >= coverage)]
    assert plans["n_due"].sum() == len(due) > 0
    assert plans["n_renewed"].sum() == (due["outcome"] == "renewed").sum()


def test_steps_of_newcomers_are_those_of_their_days(answer, mart, last_day):
    steps = answer("How far do newcomers come").set_index("step")

    days = mart("fct_member_days")
    days = days[days["is_active"]]
    known = mart("dim_members")
    starts = mart("member_history").sort_values("from_day").drop_duplicates("member_id").set_index("member_id")["role"]
    new = known[known["first_day"] >= days["day"].min()].set_index("member_id")
    new = new[~new.index.isin(starts[starts.isin(["bot", "staff"])].index)]
    over = new[new["first_day"] + timedelta(days=13) <= last_day]
    joined = days.merge(over["first_day"], left_on="member_id", right_index=True)
    back = joined[(joined["day"] - joined["first_day"]).dt.days.between(7, 13)]["member_id"].nunique()
    assert (steps.loc["second_week", "n_observed"], steps.loc["second_week", "n_reached"]) == (len(over), back)
    assert back > 0


def test_those_who_got_a_reply_and_those_who_did_not_are_all_who_posted(answer, mart):
    groups = answer("Do newcomers who get a reply")

    newcomers = mart("activation").dropna(subset=["has_reply", "is_back"])
    assert groups["n_members"].sum() == newcomers["has_posted"].sum() > 0
    replied = newcomers[newcomers["first_reply_at"].notna() & newcomers["has_posted"].astype(bool)]
    assert groups.set_index("has_reply")["n_members"].get(True, 0) <= len(replied)


def test_who_could_answer_has_answered_others_and_was_active_lately(answer, mart, last_day):
    desk = answer("Who could answer the questions")

    replies = mart("replies")
    answered = replies[~replies["is_staff"]].groupby("member_id")["thread_id"].nunique()
    assert (desk["n_answered"] <= desk["member_id"].map(answered)).all()
    assert (desk["last_active_day"] > last_day - timedelta(days=30)).all()
    askers = mart("answer_times").set_index("question_id")["asker_id"]
    assert (desk["member_id"] != desk["question_id"].map(askers)).all()
    assert desk.groupby("question_id")["rank"].apply(lambda ranks: list(ranks) == list(range(1, len(ranks) + 1))).all()


def test_methods_are_compared_on_the_same_questions(answer, mart):
    methods = answer("Would the answer desk").set_index("method")

    questions = mart("answer_times")
    by_members = questions["is_answered_within_7_days"].fillna(False) & (questions["is_first_responder_staff"] == False)  # noqa: E712
    past = questions[by_members.astype(bool) & questions["first_responder_id"].notna()]
    assert methods["n_questions"].tolist() == [len(past)] * 3 != [0] * 3
    assert methods.loc["popularity", "gain"] == 0
    assert methods.index[methods["is_used"]].tolist() == ["popularity"], "so few questions choose nothing"


def test_what_was_lost_for_each_reason_is_the_bridge_s(answer, mart):
    reasons = answer("What did each reason of leaving cost")

    months = mart("revenue_months")
    gone = reasons[reasons["reason"] != "stayed"]
    assert gone["mrr_lost"].sum() == months["mrr_churn_minor"].sum() > 0
    assert gone["n_members"].sum() == months["n_churned"].sum() > 0
    assert reasons["reason"].iloc[-1] == "stayed"


def test_trials_convert_as_their_terms_say(answer, mart, last_day):
    months = answer("What share of trials")

    terms = mart("subscription_terms")
    trials = terms[(terms["started_by"] == "trial") & ~terms["is_paid"]].sort_values("term_start")
    trials = trials.drop_duplicates("member_id")
    assert months["n_trials"].sum() == len(trials) > 0
    over = trials[trials["term_end"] + timedelta(days=7) <= last_day]
    assert months["n_judged"].sum() == len(over) > months["n_converted"].sum()
    paid = over.merge(terms[terms["is_paid"]], on="member_id", suffixes=("", "_paid"))
    in_time = paid["term_start_paid"].between(paid["term_start"], paid["term_end"] + timedelta(days=7))
    assert months["n_converted"].sum() == paid[in_time]["member_id"].nunique() > 0


def test_terms_that_end_soon_are_all_running_paid_terms_of_that_time(answer, mart, last_day):
    soon = answer("Which paid terms end")

    terms = mart("subscription_terms")
    ends = (terms["term_end"] > last_day) & (terms["term_end"] <= last_day + timedelta(days=30))
    running = terms[terms["is_paid"] & ends & (terms["outcome"] == "running")]
    assert sorted(soon["member_id"]) == sorted(running["member_id"])


def test_members_at_risk_pay_today_and_are_scored_today(answer, mart, last_day):
    at_risk = answer("Which paying members")

    assert (at_risk["paid_until"] > last_day).all()
    scores = mart("churn_predictions")
    scores = scores[scores["definition"] == "inactivity"]
    today = scores[(scores["day"] == last_day) & scores["is_current"]].set_index("member_id")["probability"]
    assert at_risk.set_index("member_id")["probability"].to_dict() == pytest.approx(
        today.reindex(at_risk["member_id"]).to_dict(), abs=0.0005
    )


def test_points_that_are_left_are_the_balances(answer, mart):
    (points,) = answer("How many points are outstanding").itertuples()

    ledger = mart("points_ledger").sort_values(["occurred_at", "source", "action_id"], kind="stable")
    assert points.n_outstanding == ledger["points"].sum()
    assert points.n_earned == ledger.loc[ledger["points"] > 0, "points"].sum() > 0
    by_member = ledger.groupby("member_id")["points"].sum()
    assert (points.n_members_with_points, points.n_members_overdrawn) == ((by_member > 0).sum(), (by_member < 0).sum())


def test_rows_of_each_log_are_those_in_the_lake(answer, good_home, last_day):
    logs = answer("Has each log come as expected").set_index("log")

    assert set(logs.index) == set(LOGS)
    assert 0 < logs.loc["interactions", "n_rows_to_compare"] < logs.loc["interactions", "n_rows"]
    for log, row in logs.iterrows():
        files = good_home.home.lake / "raw" / str(log) / "*" / "*.parquet"
        days = duckdb.sql(f"select log_day from read_parquet('{files}', hive_partitioning = true)").df()["log_day"]
        recent = pd.to_datetime(days) > last_day - timedelta(days=28)
        assert row["n_rows"] == recent.sum(), log


def test_late_acts_are_those_whose_log_day_is_another(answer, good_home):
    late = answer("How many of a day's interactions came late").set_index("day")

    files = good_home.home.lake / "raw" / "interactions" / "*" / "*.parquet"
    interactions = duckdb.sql(f"select event_day, log_day from read_parquet('{files}', hive_partitioning = true)").df()
    of_day = pd.to_datetime(interactions["event_day"]).value_counts().reindex(late.index, fill_value=0)
    came = pd.to_datetime(interactions["log_day"]).value_counts().reindex(late.index, fill_value=0)
    assert late["net_late"].any()
    assert late["n_known_by_now"].to_dict() == of_day.to_dict()
    assert late["n_delivered_that_day"].to_dict() == came.to_dict()


@pytest.fixture
def made_up():
    """A function that asks a recipe of rows by mart; a column that is not given is null."""
    with duckdb.connect() as con:
        con.execute("create schema marts")
        for one in published_marts(load_manifest()):
            columns = ", ".join(f"{column.name} {column.data_type}" for column in one.columns)
            con.execute(f"create table marts.{one.name} ({columns})")
        con.execute("create table marts.publication as select 7::bigint as version, date '2025-04-30' as through_day")

        def ask(words, **rows):
            for name, of_mart in rows.items():
                con.register("given", pd.DataFrame(of_mart))
                con.execute(f"insert into marts.{name} by name select * from given")
            (query,) = [query for question, query in RECIPES.items() if words in question]
            return con.execute(query).fetchall()

        yield ask


def test_who_was_engaged_and_is_silent_now_is_on_the_list(made_up):
    days = {"day": pd.Timestamp("2025-04-30"), "previous_activity_level": "high"}
    earlier = {"member_id": "ana", "lifecycle": "dormant", "previous_lifecycle": "active"}

    rows = made_up(
        "Who fell silent",
        member_segments=[
            earlier | days,
            earlier | days | {"member_id": "bo", "lifecycle": "active"},
            earlier | days | {"member_id": "cy", "previous_lifecycle": "dormant"},
            earlier | {"member_id": "di", "day": pd.Timestamp("2025-03-31"), "previous_activity_level": "low"},
        ],
        dim_members=[{"member_id": name, "plan": "pro"} for name in ("ana", "bo", "cy", "di")],
    )

    assert rows == [("ana", "active", "high", "pro", None)]


def test_responders_are_told_apart_and_the_unanswered_left_out(made_up):
    answered = {"is_censored": False, "is_first_responder_staff": False, "first_responder_id": "bo"}

    rows = made_up(
        "Who responds first",
        answer_times=[
            answered | {"question_id": "a", "hours_to_first_response": 1.0},
            answered | {"question_id": "b", "hours_to_first_response": 4.0},
            answered | {"question_id": "c", "hours_to_first_response": 9.0, "is_first_responder_staff": True},
            {"question_id": "d", "is_censored": True},
        ],
    )

    assert rows == [("members", 2, 1, 2.5), ("staff", 1, 1, 9.0)]


def test_an_alert_names_the_logs_with_gaps_of_its_day_and_how_often_its_rule_rings(made_up):
    day, before = pd.Timestamp("2025-04-20"), pd.Timestamp("2025-04-02")
    alert = {"rule": "community", "series": "dau", "value": 3, "baseline": 20.0, "outcome": "passed"}
    gap = {"is_missing": True, "is_outage": False, "is_identity_break": False}

    rows = made_up(
        "Which alerts fired",
        alerts=[alert | {"day": day}, alert | {"day": day - timedelta(days=5)}, alert | {"day": before}],
        alert_rules=[{"rule": "community", "series": "dau", "alarms_per_30_days": 0.456}],
        data_completeness=[
            gap | {"log": "content", "day": day},
            gap | {"log": "actions", "day": day},
            gap | {"log": "events", "day": day, "is_missing": False},
        ],
    )

    assert [(row[0], *row[3:]) for row in rows] == [
        (day.date(), 3, 20.0, "passed", 0.46, "actions, content"),
        (day.date() - timedelta(days=5), 3, 20.0, "passed", 0.46, None),
    ]


def test_the_first_piece_is_the_first_of_the_day_and_who_is_not_seen_for_60_days_is_left_out(made_up):
    first, members = pd.Timestamp("2025-02-01"), [f"m{number}" for number in range(20)]
    read = {"n_reads": 1, "first_read_day": first}

    rows = made_up(
        "Do members stay longer who began",
        collected_facts=[{"fact": "reads", "first_day": pd.Timestamp("2025-01-01")}],
        dim_members=[{"member_id": name, "is_excluded": False, "first_day": first} for name in [*members, "late"]]
        + [{"member_id": "old", "is_excluded": False, "first_day": pd.Timestamp("2024-12-31")}],
        dim_content=[{"content_id": "a", "kind": "article"}, {"content_id": "b", "kind": "question"}],
        content_tags=[{"content_id": "b", "tag": "rust"}, {"content_id": "b", "tag": "web"}],
        member_content=[
            read | {"member_id": name, "content_id": piece, "first_read_at": first + timedelta(hours=hour)}
            for name in [*members, "old"]
            for piece, hour in (("a", 9), ("b", 8))
        ]
        + [read | {"member_id": "late", "content_id": "a", "first_read_day": pd.Timestamp("2025-03-03")}],
        fct_member_days=[
            {"member_id": name, "is_active": active, "day": first + timedelta(days=days)}
            for name, active, days in (
                ("m0", True, 30), ("m1", True, 59), ("m2", True, 29), ("m3", True, 60), ("m4", False, 40),
                ("old", True, 30),
            )
        ],
    )  # fmt: skip

    assert rows == [("question", "rust", 20, 2, 0.1), ("question", "web", 20, 2, 0.1)]


def test_renewals_of_a_topic_are_compared_with_terms_of_as_many_pieces(made_up):
    """Who reads four pieces renews always, of those who read one every other: both read rust as often as others."""
    day = pd.Timestamp("2025-02-01")
    term = {"source": "s", "term_number": 1, "interval_months": 1, "is_due": True, "term_start": day}
    term |= {"term_end": day + timedelta(days=28)}
    much, little = [f"much{n}" for n in range(100)], [f"little{n}" for n in range(200)]
    reads = [(name, piece) for name in much for piece in "abcd"] + [
        (name, "ax"[n % 2]) for n, name in enumerate(little)
    ]

    rows = made_up(
        "Which topics go along",
        collected_facts=[{"fact": "reads", "first_day": pd.Timestamp("2025-01-01")}],
        subscription_terms=[term | {"subscription_id": n, "member_id": n, "outcome": "renewed"} for n in much]
        + [
            term | {"subscription_id": n, "member_id": n, "outcome": "renewed" if i % 4 < 2 else "cancelled"}
            for i, n in enumerate(little)
        ],
        member_content=[{"member_id": name, "content_id": piece, "first_read_day": day} for name, piece in reads]
        + [{"member_id": "little1", "content_id": "a", "first_read_day": day + timedelta(days=28)}],
        content_tags=[{"content_id": piece, "tag": "rust"} for piece in "abcd"] + [{"content_id": "x", "tag": "css"}],
    )

    assert rows == [("css", 100, 0.5, 0.5, 0.0), ("rust", 200, 0.75, 0.75, 0.0)]


def test_who_lapsed_was_among_the_first_tenth_before_the_month_and_does_not_pay_now(made_up):
    before = pd.Timestamp("2025-02-28")
    term = {"is_paid": True, "outcome": "expired", "plan": "pro", "ended_day": pd.Timestamp("2025-03-31")}

    rows = made_up(
        "Who lapsed in the last month",
        fct_member_engagement=[
            {"member_id": f"m{n}", "day": before, "window_days": 30, "engagement": 30.0 - n} for n in range(30)
        ]
        + [{"member_id": "m9", "day": before, "window_days": 7, "engagement": 99.0}],
        dim_members=[{"member_id": f"m{n}"} for n in range(30)],
        subscription_terms=[
            term | {"member_id": "m0"},
            term | {"member_id": "m1", "ended_day": pd.Timestamp("2025-03-01"), "outcome": "refunded"},
            term | {"member_id": "m2", "ended_day": pd.Timestamp("2025-04-01")},
            term | {"member_id": "m2", "ended_day": pd.Timestamp("2025-03-10"), "outcome": "renewed"},
            term | {"member_id": "m9"},
        ],
    )

    assert [(row[0], row[3], row[4]) for row in rows] == [("m0", "expired", 30.0), ("m1", "refunded", 29.0)]


def test_both_rates_of_churn_are_of_their_own_members(made_up):
    walk = {"as_of_day": pd.Timestamp("2025-02-28"), "n_active": 40, "n_inactive": 10, "inactivity_rate": 0.25}

    rows = made_up(
        "How large is churn",
        churn_definitions_walk=[
            walk | {"n_payers": 8, "n_lapsed": 1, "lapse_rate": 0.125, "n_both": 0, "n_mrr_churned": 1}
        ],
    )

    assert [row[1:] for row in rows] == [(40, 10, 0.25, 8, 1, 0.125, 0, 1)]


def test_the_rate_of_each_tenure_is_of_all_month_ends(made_up):
    newest = {"definition": "lapse", "tenure": "month_1", "tenure_from_days": 0}
    later = {"definition": "lapse", "tenure": "later", "tenure_from_days": 365}

    rows = made_up(
        "After how long",
        churn_by_tenure=[
            newest | {"as_of_day": pd.Timestamp("2025-01-31"), "n_at_risk": 10, "n_churned": 4},
            newest | {"as_of_day": pd.Timestamp("2025-02-28"), "n_at_risk": 30, "n_churned": 2},
            later | {"as_of_day": pd.Timestamp("2025-02-28"), "n_at_risk": 8, "n_churned": 1},
            {"definition": "lapse", "tenure": "unknown", "n_at_risk": 2, "n_churned": 0},
        ],
    )

    assert rows == [
        ("lapse", "month_1", 40, 6, 0.15), ("lapse", "later", 8, 1, 0.125), ("lapse", "unknown", 2, 0, 0.0)
    ]  # fmt: skip


def test_what_guests_bring_later_is_pooled_by_the_size_of_events(made_up):
    """Two events of one size: half of each difference, and an error of 25, a half of the root of 30² and 40²."""
    one = {"currency": "CNY", "kind": "talk", "n_after_attended": 10, "n_after_no_show": 90}
    events = [
        one | {"event_id": "a", "after_difference_minor": 100.0, "after_error_minor": 30.0},
        one | {"event_id": "b", "after_difference_minor": 20.0, "after_error_minor": 40.0},
        one | {"event_id": "c", "after_difference_minor": 999.0, "after_error_minor": None},
    ]
    assert made_up("What do guests of events bring", event_sales=events) == [
        ("CNY", "talk", 2, 20, 180, 60.0, 11.0, 109.0)
    ]


def test_what_a_piece_earned_is_listed_where_it_was_sold(made_up):
    rows = made_up(
        "What did each paid piece earn",
        paid_content=[
            {"content_id": "a", "n_purchases": 5, "n_buyers": 5, "net_minor": 90, "n_refunded": 1, "refund_rate": 0.2},
            {"content_id": "b", "n_purchases": 6, "n_buyers": 5, "net_minor": 100, "n_refunded": 0, "refund_rate": 0.0},
            {"content_id": "unsold", "n_purchases": 0},
        ],
    )

    assert [(row[0], row[3], row[8], row[9], row[10]) for row in rows] == [("b", 5, 100, 0, 0.0), ("a", 5, 90, 1, 0.2)]


def test_a_month_of_sales_adds_up_pieces_and_what_is_of_none(made_up):
    sold = {"month": pd.Timestamp("2025-02-01"), "currency": "CNY", "n_with_coupon": 0, "discount_minor": 0}
    sold |= {"refund_minor": 0, "gross_minor": 10, "n_purchases": 2, "n_first_purchases": 1}

    rows = made_up(
        "What did pieces bring",
        content_sales=[
            sold | {"content_id": "a", "net_minor": 9},
            sold | {"content_id": None, "net_minor": 8},
            sold | {"content_id": "a", "net_minor": 7, "currency": "USD"},
        ],
    )

    assert [(row[1], row[2], row[3], row[8]) for row in rows] == [("CNY", 4, 2, 17), ("USD", 2, 1, 7)]


def test_buyers_among_readers_are_added_up_before_they_are_divided(made_up):
    piece = {"kind": "course", "n_topic_readers_30d": 50, "n_topic_readers_bought_30d": 1}

    rows = made_up(
        "Do those buy a piece",
        paid_content=[
            piece | {"content_id": "a", "n_readers": 10, "n_readers_30d": 9, "n_readers_bought_30d": 3},
            piece | {"content_id": "b", "n_readers": 1, "n_readers_30d": 1, "n_readers_bought_30d": 1},
            piece | {"content_id": "not on sale", "n_readers": None},
        ],
    )

    assert rows == [("course", 2, 10, 4, 0.4, 100, 2, 0.02)]


def test_a_change_of_price_is_listed_where_both_sides_sold(made_up):
    change = {
        "content_id": "a",
        "direction": "raised",
        "net_per_day_before_minor": 10.0,
        "net_per_day_after_minor": 4.0,
    }
    change |= {"n_days_before": 30, "n_days_after": 10}

    rows = made_up(
        "What became of sales",
        price_changes=[
            change | {"change_day": pd.Timestamp("2025-03-01"), "verdict": "cannot_tell", "purchases_ratio": 0.567},
            change | {"change_day": pd.Timestamp("2025-02-01"), "verdict": "one_side"},
        ],
    )

    assert [(row[1], row[10], row[13], row[14]) for row in rows] == [
        (pd.Timestamp("2025-03-01").date(), 0.57, -6.0, "cannot_tell")
    ]


def test_contacts_are_those_that_were_made_and_whoever_came_on_the_day_or_later_came_since(made_up):
    call = {"arm": "treated", "kind": "call", "member_id": "a", "campaign_id": "c", "day": pd.Timestamp("2025-04-20")}

    rows = made_up(
        "Whom did we write to and call most",
        member_actions=[
            call,
            call | {"kind": "message", "campaign_id": "d", "day": pd.Timestamp("2025-04-03")},
            call | {"day": pd.Timestamp("2025-04-02")},
            call | {"arm": "held_out"},
            call | {"kind": "coupon"},
            call | {"member_id": "b", "kind": "invitation", "campaign_id": None},
            call | {"member_id": "c"},
        ],
        dim_members=[
            {"member_id": "a", "plan": "pro", "last_active_day": pd.Timestamp("2025-04-20")},
            {"member_id": "b", "plan": None, "last_active_day": pd.Timestamp("2025-04-19")},
            {"member_id": "c", "plan": None, "last_active_day": None},
        ],
    )

    assert [(row[0], row[1], row[2], row[6]) for row in rows] == [
        ("a", 2, 2, True),
        ("b", 1, 0, False),
        ("c", 1, 1, False),
    ]


def test_a_source_is_worth_what_it_was_at_the_same_age(made_up):
    github = {"dimension": "referrer", "value": "github", "share_active_low": 0.1, "share_active_high": 0.9}
    worth = {"dimension": "referrer", "value": "github", "currency": "CNY"}

    rows = made_up(
        "Which sources bring members who stay",
        cohort_activity=[
            github | {"age_months": 1, "n_members": 8, "share_active": 0.5},
            github | {"age_months": 3, "n_members": 4, "share_active": 0.25},
            github | {"age_months": 1, "n_members": 9, "share_active": 0.75, "value": "search"},
            github | {"age_months": 1, "n_members": 17, "share_active": 0.6, "dimension": "all", "value": "all"},
        ],
        cohort_value=[
            worth | {"age_months": 3, "mean_net_minor": 990.4},
            worth | {"age_months": 1, "mean_net_minor": 330.0, "dimension": "all", "value": "all"},
        ],
    )

    assert rows == [
        ("search", 1, 9, 0.75, 0.1, 0.9, None, None),
        ("github", 1, 8, 0.5, 0.1, 0.9, None, None),
        ("github", 3, 4, 0.25, 0.1, 0.9, "CNY", 990.0),
    ]
