"""A folder of exports as a source: it lands what an import lands, says what it cannot take, and takes new files in."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipelines.connectors import import_folder
from pipelines.sources.definition import SourceError
from pipelines.sources.pull import check
from tests.support import exports
from tests.support.connector_reading import read_log

pytestmark = pytest.mark.slow

ACTS = "member_id,interaction_type,interaction_time\n1,like,2025-01-03 09:05:00\n2,clap,2025-01-03\n1,view,2025/1/4\n"
POSTS = "member_id,active_days,post_date\n1,20,2025-01-02\n"
GHOST = exports.table(
    exports.GHOST,
    [{"id": "g1", "name": 'Ann, "A"', "created_at": "2025-01-01T05:00:00.5Z", "stripe_customer_id": "cus_A"}],
)
BILL = exports.alipay_merchant(
    exports.records("""
        支付宝交易号 | 业务类型 | 完成时间            | 对方账户        | 商家实收（元） | 服务费（元）
        20250103898  | 交易     | 2025-01-03 00:06:15 | *杨(137****260) | 199.00         | -1.19
    """)
)


@pytest.fixture
def folder(connected) -> Path:
    connected.source("exports", "kind: exports\nfolder: exports\n")
    folder = connected.home.sources / "exports"
    folder.mkdir()
    for name, text in {"acts.csv": ACTS, "posts.csv": POSTS, "ghost.csv": GHOST, "notes.txt": "x"}.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    (folder / "bill.csv").write_text(BILL, encoding="gbk", newline="")
    return folder


def test_a_pull_lands_what_an_import_lands(connected, folder, tmp_path):
    report = connected.pull("exports")
    landing = tmp_path / "beside" / "landing"
    import_folder(folder, landing, "UTC")
    assert set(report.tables) == {"interactions", "members", "content", "identity_links", "payments"}
    for log, n_rows in report.tables.items():
        found = [{key: value for key, value in row.items() if value} for row in connected.rows(log, "exports")]
        wanted = [row | {"source": "exports", "day": row.pop("log_day")} for row in read_log(landing, log)]
        assert len(found) == n_rows
        assert sorted(map(sorted, map(dict.items, found))) == sorted(map(sorted, map(dict.items, wanted)))


def test_what_cannot_be_taken_is_a_remark(connected, folder):
    assert connected.pull("exports").remarks == (
        "exports: acts.csv → interactions: 1 rows, kind: 'clap' is not among values",
        "exports: posts.csv: 1 rows, active_days: a count has no day; such counts are made anew from the days of posts "
        "and interactions",
        "exports: ghost.csv: 1 rows, tiers, complimentary_plan, labels, subscribed_to_emails: it is as of the export "
        "and has no day; paid terms come with Stripe's exports of subscriptions and invoices",
        "exports: notes.txt: it is no CSV file",
    )


def test_a_new_file_is_taken_at_the_next_pull_and_a_missing_one_is_said(connected, folder):
    connected.pull("exports")
    (folder / "more.csv").write_text(ACTS.replace("2025", "2026"), encoding="utf-8")
    connected.turn("2026-03-02T12:00:00")
    assert connected.pull("exports").tables["interactions"] == 4
    (folder / "more.csv").unlink()
    connected.turn("2026-03-03T12:00:00")
    remarks = connected.pull("exports").remarks
    assert any("interactions has 2 rows and had 4 after the last pull" in remark for remark in remarks)


def test_a_check_counts_and_writes_nothing(connected, folder):
    before = sorted(connected.home.root.rglob("*"))
    said = check(connected.home, connected.settings, "exports")
    assert said == "interactions: 2 rows; members: 4 rows; content: 1 rows; payments: 1 rows; identity_links: 1 rows"
    assert sorted(connected.home.root.rglob("*")) == before


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, r"^exports: .*exports holds no export that is known: it is empty"),
        (
            {"a.csv": "participant_id,interaction_id\n1,2\n"},
            r"^exports: nothing in the folder can be taken: exports: a\.csv",
        ),
        (None, r"^exports: .*exports is no folder; give the one that the exports lie in"),
    ],
)
def test_a_folder_of_which_nothing_can_be_taken_is_one_line(connected, folder, files, message):
    connected.pull("exports")
    before = connected.files()
    for path in folder.iterdir():
        path.unlink()
    if files is None:
        folder.rmdir()
    for name, text in (files or {}).items():
        (folder / name).write_text(text)
    with pytest.raises(SourceError, match=message):
        connected.pull("exports")
    assert connected.files() == before


def test_fields_with_quotes_come_back_whole(connected, folder):
    connected.pull("exports")
    (path,) = connected.home.landing.glob("members/2025-01-01/exports.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        assert [row["display_name"] for row in csv.DictReader(lines)] == ['Ann, "A"']
