"""Everything Dagster, and the plain functions its assets call: ingest, gates, warehouse, publishing, report.

SQL transformations live in ``dbt_project``, model maths in ``models``, quality suites in ``expectations``.
"""
