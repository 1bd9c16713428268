"""``python -m pipelines.warehouse``: parse the dbt project, so that Dagster finds its models."""

from pipelines.warehouse.dbt import ensure_manifest

ensure_manifest()
