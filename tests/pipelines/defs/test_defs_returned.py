"""The asset of a log replaces ids of erased members that a delivery brings back, before it reads the delivery."""

from datetime import date, timedelta

import dagster as dg

from pipelines import lock, run_start
from pipelines.defs.raw import raw_assets, raw_key
from pipelines.defs.resources import HomeResource
from pipelines.erasure.run import erase

DAY = date(2025, 3, 8)
NEXT = DAY + timedelta(days=1)
ADA = "ada.lovelace@example.net"


def joining(member_id, day):
    return {"member_id": member_id, "occurred_at": f"{day}T09:00:00", "joined_at": f"{day}T09:00:00"}


def test_the_asset_of_a_log_replaces_erased_ids_that_a_delivery_brings_back(watched):
    watched.deliver("members", DAY, [joining(ADA, DAY), joining("m1", DAY)])
    with lock.hold(watched.home):
        run_start.prepare(watched.home, watched.settings)
        watched.accept([DAY])
    mark = erase(watched.home, watched.settings, [[ADA]], asked_by="test", must_exist=True).tombstones[ADA]
    again = watched.deliver("members", NEXT, [joining(ADA, NEXT), joining("m2", NEXT)])
    (members,) = (asset for asset in raw_assets if asset.key == raw_key("members"))

    assert dg.materialize([members], partition_key=NEXT.isoformat(), resources={"home": HomeResource()}).success

    text = again.read_text(encoding="utf-8")
    assert ADA not in text
    assert mark in text
    assert "m2" in text
