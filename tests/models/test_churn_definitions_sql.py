"""Both definitions of churn judge their own members, on one path."""

from datetime import date, timedelta

import pandas as pd
import pytest

from tests.support.churn_lake import Lake

pytestmark = [pytest.mark.dbt, pytest.mark.xdist_group("churn_lake")]

FIRST = date(2025, 1, 1)
T = FIRST + timedelta(days=60)


def day(n):
    return FIRST + timedelta(days=n)


def term(member, start, end):
    """Return a value row of the subscriptions log: a paid term that is known on its first day."""
    return f"('s{member}', '{member}', date '{day(start)}', date '{day(end)}')"


INTERACTIONS = f"""
    select
        unnest(['both', 'free', 'yearly']) as member_id, 'reply' as kind, 'i' || member_id as interaction_id,
        's' as source, 'upsert' as op, timestamp '{T}' as occurred_at, date '{T}' as event_day, event_day as log_day
"""
TERMS = f"""
    select
        *, 'start' as step, 1000 as price_minor, term_start::timestamp as occurred_at,
        's' as source, 'upsert' as op, term_start as event_day, event_day as log_day
    from (values
        {term("both", 45, 75)}, {term("silent", 50, 80)}, {term("yearly", 45, 410)}, {term("later", 61, 75)}
    ) as terms(subscription_id, member_id, term_start, term_end)
"""
TRUTH = f"select 'both' as member_id, date '{day(100)}' as day, true as is_active"
SPANS = f"""
    select * from (values
        ('both', date '{day(45)}', date '{day(75)}'),
        ('silent', date '{day(50)}', date '{day(110)}')
    ) as spans(member_id, from_day, until_day)
"""


def test_both_definitions_judge_their_own_members_on_one_path(tmp_path):
    lake = Lake(tmp_path)
    lake.write("interactions", INTERACTIONS)
    lake.write("subscriptions", TERMS)

    features, labels = lake.build([T], TRUTH, payer_spans=SPANS, with_data_tests=True)

    judged = features.groupby("definition")["member_id"].agg(list).to_dict()
    assert judged == {"inactivity": ["both", "free", "yearly"], "lapse": ["both", "silent"]}
    twice = features[features["member_id"] == "both"].drop(columns="definition").reset_index(drop=True)
    pd.testing.assert_series_equal(twice.loc[0], twice.loc[1], check_names=False)
    silent = features[features["member_id"] == "silent"].iloc[0]
    assert (silent["acts_30"], silent["decayed_90"], silent["days_to_term_end"]) == (0, 0, 20)
    assert pd.isna(silent["days_since_active"])
    told = {(row.member_id, row.definition): (row.is_churned, row.known_day) for row in labels.itertuples()}
    assert told["both", "lapse"] == (True, pd.Timestamp(day(82)))
    assert told["silent", "lapse"] == (False, pd.Timestamp(day(87)))
    assert told["both", "inactivity"] == (True, pd.Timestamp(day(90)))


def test_outcomes_of_lapse_wait_for_the_last_grace_period(tmp_path):
    lake = Lake(tmp_path)
    lake.write("interactions", INTERACTIONS)
    lake.write("subscriptions", TERMS)
    truth = TRUTH.replace(str(day(100)), str(day(96)))  # the day before T + horizon + grace

    _, labels = lake.build([T], truth, payer_spans=SPANS)

    assert set(labels["definition"]) == {"inactivity"}
