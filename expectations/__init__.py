"""One Great Expectations suite per gated table, each expectation with a severity and a reason; one runner.

No Dagster here.
"""
