"""Each damage of a file's bytes is noticed as the suite says, and the good file beside it is read."""

from __future__ import annotations

import pytest

from tests.damage.files import HEADER
from tests.damage.reads import DAMAGES, ReadDamage
from tests.damage.registry import Verdict
from tests.support.ingest_community import Community

pytestmark = pytest.mark.slow

BESIDE = HEADER.replace(",channel", "") + "z,2024-03-05T08:00:00,like,m9\n"


@pytest.mark.parametrize("damage", DAMAGES, ids=[damage.kind for damage in DAMAGES])
def test_damaged_bytes_have_the_verdict_that_the_suite_states(tmp_path, damage):
    community = Community(tmp_path, **(damage.limits if isinstance(damage, ReadDamage) else {}))
    community.deliver_as_is(damage.name, damage.data)
    if "columns" not in damage.kind:
        community.deliver("zzz.csv", BESIDE)
    community.ingest()
    outcome = community.outcome()
    delivered, accepted, quarantined, reason = outcome.pop(damage.name)

    assert all(beside == (1, 1, 0, None) for beside in outcome.values()), "the file beside it was touched"
    if damage.verdict is Verdict.REJECTED:
        assert (delivered, accepted, quarantined) == (None, None, None)
        assert damage.says in reason
        return
    assert (accepted, quarantined) == (damage.accepted, damage.quarantined)
    assert delivered == accepted + quarantined
    reasons = [said for (said,) in community.quarantine("reason")]
    assert len(reasons) == quarantined
    assert all(damage.says in said for said in reasons[:1]), reasons
