"""Each damage of a file is noticed as the suite says: each lies in a log day of its own, all are ingested at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipelines.home import Home
from pipelines.ingest.ignored import ignored_entries
from tests.damage.files import DAMAGES, FOLDERS, HEADER
from tests.damage.registry import Verdict
from tests.support.ingest_community import Community

FIRST = date(2024, 3, 5)
BESIDE = HEADER + "y,2024-03-05T08:00:00,like,m8,chat\nz,2024-03-05T08:00:00,like,m9,chat\n"
OF_FILES = [damage for damage in DAMAGES if damage not in FOLDERS]
DAYS = {damage.kind: FIRST + timedelta(days=n) for n, damage in enumerate(OF_FILES)}


@pytest.fixture(scope="module")
def communities(tmp_path_factory):
    """A home for each log; beside each damaged file lies a good one."""
    made = {}
    for log in {damage.log for damage in OF_FILES}:
        made[log] = Community(tmp_path_factory.mktemp(log), log)
        days = [DAYS[damage.kind] for damage in OF_FILES if damage.log == log]
        for damage in OF_FILES:
            if damage.log == log:
                made[log].deliver_as_is(damage.name, damage.data, DAYS[damage.kind])
                made[log].deliver("zzz.csv", BESIDE, DAYS[damage.kind])
        made[log].ingest(*days)
    return made


@pytest.mark.parametrize("damage", OF_FILES, ids=[damage.kind for damage in OF_FILES])
def test_a_damaged_file_has_the_verdict_that_the_suite_states(communities, damage):
    community, day = communities[damage.log], DAYS[damage.kind]
    outcome = community.outcome(day)
    _, accepted, quarantined, reason = outcome[damage.name]

    if damage.log == "interactions":
        assert outcome["zzz.csv"] == (2, 2, 0, None), "the file beside it was touched"
    if damage.verdict is Verdict.REJECTED:
        assert accepted is quarantined is None
        assert damage.says in reason
    else:
        assert (accepted, quarantined) == (damage.accepted, damage.quarantined)
    if damage.verdict is Verdict.QUARANTINED:
        reasons = [said for (said,) in community.quarantine("reason", day)]
        assert any(damage.says in said for said in reasons), reasons
    findings = {(one["finding"], one["name"]): one["said"] for one in community.delivery(day)["findings"]}
    assert set(findings) == ({damage.found} if damage.found[0] else set())
    assert damage.verdict is not Verdict.WARNED or damage.says in findings[damage.found]


def test_what_nothing_reads_in_the_landing_folder_is_named_with_its_cure(tmp_path):
    for damage in FOLDERS:
        path = Home(tmp_path).landing / damage.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(damage.data)
    said = {one.path: f"{one.why}; {one.cure}" for one in ignored_entries(Home(tmp_path), date(2015, 1, 1))}
    assert len(said) == len(FOLDERS)
    for damage in FOLDERS:
        parts = damage.name.split("/")
        (of_path,) = [text for n in range(1, len(parts) + 1) if (text := said.get("/".join(parts[:n])))]
        assert damage.says in of_path, damage.kind
