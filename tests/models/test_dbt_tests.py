"""The data tests that stand beside the churn SQL pass; its unit tests run with all others, in tests/dbt_project."""

from datetime import date

import pytest

from tests.support.churn_lake import Lake

pytestmark = [pytest.mark.dbt, pytest.mark.xdist_group("churn_lake")]


def test_the_data_tests_of_the_churn_folder_pass(tmp_path):
    lake = Lake(tmp_path)
    lake.write(
        "interactions",
        """
        select
            range as interaction_id, 'm' || range % 7 as member_id, 'ask' as kind,
            's' as source, 'upsert' as op,
            timestamp '2025-01-01' as occurred_at,
            date '2025-01-01' + range::int % 50 as event_day, event_day as log_day
        from range(300)
        """,
    )
    features, _ = lake.build([date(2025, 2, 10)], with_data_tests=True)
    assert len(features) == 7
