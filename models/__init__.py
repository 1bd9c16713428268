"""The churn model: features contract, cut-offs, learners, evaluation, calibration, explanation, artifacts.

Plain functions over pandas frames, without Dagster, DuckDB or a clock. The tables' SQL lives in
``dbt_project/models``.
"""
