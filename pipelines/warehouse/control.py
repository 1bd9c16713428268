"""dbt's small control sources: what a plan tells it, written by the step that plans and read back by later ones."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.files import move_in
from pipelines.home import Home
from pipelines.lake import manifest
from pipelines.lake.seal import check, seal
from pipelines.lake.staging import staging_folder
from pipelines.warehouse.plan import BuildPlan

_CURE = "run the same days again, which writes it anew"


def write_plan(home: Home, plan: BuildPlan) -> None:
    """Write the control sources: manifest, held_out, build and feature_days."""
    _write(home, "manifest", _manifest_table(home))
    _write(home, "held_out", _withheld_table(home))
    _write(
        home,
        "build",
        pa.table(
            {
                "fingerprint": [plan.fingerprint],
                "is_full": [plan.is_full],
                "full_because": [plan.full_because],
                "first_day": pa.array([plan.first_day], pa.date32()),
                "through_day": pa.array([plan.through_day], pa.date32()),
            }
        ),
    )
    days = [*((day, "train") for day in plan.training_days), (plan.through_day, "score")]
    _write(
        home,
        "feature_days",
        pa.table(
            {"as_of_day": pa.array([day for day, _ in days], pa.date32()), "purpose": [purpose for _, purpose in days]}
        ),
    )


def read_plan(home: Home) -> BuildPlan:
    """Read back the plan that an earlier step of the run wrote."""
    for name in ("build", "feature_days"):
        check(home.control / f"{name}.parquet", _CURE)
    build = pq.read_table(home.control / "build.parquet").to_pylist()[0]
    feature_days = pq.read_table(home.control / "feature_days.parquet").to_pylist()
    return BuildPlan(
        fingerprint=build["fingerprint"],
        first_day=build["first_day"],
        through_day=build["through_day"],
        full_because=build["full_because"],
        training_days=tuple(row["as_of_day"] for row in feature_days if row["purpose"] == "train"),
    )


def is_planned(home: Home) -> bool:
    """Whether the last plan that was written is of the lake as it is: accepted and withheld is what was."""
    return all(
        _have_same_rows(pq.read_table(home.control / f"{name}.parquet"), table)
        for name, table in (("manifest", _manifest_table(home)), ("held_out", _withheld_table(home)))
    )


def _manifest_table(home: Home) -> pa.Table:
    current = manifest.current(home).filter(pc.field("n_rows") > 0)
    position = current.schema.get_field_index("checksum")
    return current.set_column(position, "checksum", current["checksum"].cast(pa.decimal128(38, 0)))


def _withheld_table(home: Home) -> pa.Table:
    return pa.Table.from_pylist([vars(one) for one in manifest.withheld_days(home)], schema=manifest.WAITING)


def _have_same_rows(one: pa.Table, other: pa.Table) -> bool:
    order = [(name, "ascending") for name in other.column_names]
    return bool(one.sort_by(order).equals(other.sort_by(order)))


def _write(home: Home, name: str, table: pa.Table) -> None:
    with staging_folder(home) as folder:
        staged = folder / f"{name}.parquet"
        pq.write_table(table, staged)
        seal(staged)
        move_in(staged, home.control / f"{name}.parquet")
