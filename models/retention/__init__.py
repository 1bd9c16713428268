"""Retention: who is drawn into which arm, in what order members are listed, and what is suggested for each.

Plain functions over frames, without Dagster, DuckDB or a clock. Effects of campaigns are SQL, in
``dbt_project/models``.
"""
