"""What Dagster shows beside an asset: who looks after it, and what it is in the language of the settings."""

import dagster as dg

from pipelines.defs.dbt_models import UNIQUE_ID
from pipelines.defs.spoken import spoken
from pipelines.settings import get_settings


def shown(spec: dg.AssetSpec) -> dg.AssetSpec:
    """Return an asset with the owner that the settings name, described in their language.

    What dbt's files say of its models stays as it is written there.
    """
    said = spec.description or ""
    if UNIQUE_ID not in spec.metadata:
        said = "\n\n".join(map(spoken, said.split("\n\n")))
    return spec.replace_attributes(owners=[get_settings().owner], description=said)
