"""Who looks after the assets, as Dagster shows it beside each."""

import dagster as dg

from pipelines.settings import get_settings


def owned(spec: dg.AssetSpec) -> dg.AssetSpec:
    """Return an asset with the owner that the settings name."""
    return spec.replace_attributes(owners=[get_settings().owner])
