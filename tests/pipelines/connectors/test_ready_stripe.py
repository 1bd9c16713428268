"""Stripe's exports through the ready mapping: terms, payments and refunds, counted again by hand."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.connectors import import_folder
from tests.pipelines.connectors.test_ready_money import money
from tests.support import exports
from tests.support.connector_reading import assert_good, read_log

pytestmark = pytest.mark.slow

CUSTOMERS = exports.records("""
    id    | Email       | Name     | Description | Created (UTC)    | Delinquent
    cus_A | ann@exa.com | Ann, A.  |             | 2024-01-01 10:00 | false
    cus_B | bo@exa.com  | Bo "B"   | gift        | 2024-01-05 23:59 | false
    cus_C | cy@exa.com  | 社长     |             | 2024-02-01 08:15 | true
""")

INVOICES = exports.records("""
id   | Customer | Subscription | Status | Currency | Subtotal | Total Discount Amount | Amount Paid | Paid At (UTC)
in_1 | cus_A    | sub_A        | paid   | eur      | 10.00    | 0.00                  | 10.00       | 2024-01-01 10:01
in_2 | cus_A    | sub_A        | paid   | eur      | 10.00    | 2.50                  | 7.50        | 2024-02-01 11:00
in_3 | cus_B    | sub_B        | paid   | jpy      | 12000    | 0                     | 12000       | 2024-01-20 00:00
in_4 | cus_C    | sub_C        | open   | eur      | 10.00    | 0.00                  | 0.00        |
in_5 | cus_B    | sub_B        | paid   | jpy      | 0        | 0                     | 0           | 2024-01-06 00:00
in_6 | cus_A    |              | paid   | eur      | 50.00    | 0.00                  | 50.00       | 2024-02-10 09:00
""")
PERIODS = {
    "in_1": ("2024-01-01 10:00", "2024-02-01 10:00"),
    "in_2": ("2024-02-01 10:00", "2024-03-01 10:00"),
    "in_3": ("2024-01-20 00:00", "2025-01-20 00:00"),
    "in_4": ("2024-02-01 08:15", "2024-03-01 08:15"),
    "in_5": ("2024-01-06 00:00", "2024-01-20 00:00"),
    "in_6": ("2024-02-10 09:00", "2024-02-10 09:00"),
}
for invoice in INVOICES:
    start, end = PERIODS[invoice["id"]]
    invoice |= {"Minimum Line Item Period Start (UTC)": start, "Maximum Line Item Period End (UTC)": end}

SUBSCRIPTIONS = exports.records("""
    id    | Customer ID | Plan  | Quantity | Currency | Amount | Status   | Start (UTC)      | Trial Start (UTC)
    sub_A | cus_A       | month | 1        | eur      | 10.00  | canceled | 2024-01-01 10:00 |
    sub_B | cus_B       | year  | 1        | jpy      | 12000  | active   | 2024-01-06 00:00 | 2024-01-06 00:00
    sub_C | cus_C       | month | 1        | eur      | 10.00  | past_due | 2024-02-01 08:15 |
""")
ENDS = {
    "sub_A": ("2024-02-01 10:00", "2024-03-01 10:00", "", "2024-02-20 10:00", "2024-03-01 10:00"),
    "sub_B": ("2024-01-20 00:00", "2025-01-20 00:00", "2024-01-20 00:00", "", ""),
    "sub_C": ("2024-02-01 08:15", "2024-03-01 08:15", "", "", ""),
}
for one in SUBSCRIPTIONS:
    names = ("Current Period Start (UTC)", "Current Period End (UTC)", "Trial End (UTC)", "Canceled At (UTC)")
    one |= dict(zip((*names, "Ended At (UTC)"), ENDS[one["id"]], strict=True))

PAYMENTS = exports.records("""
    id   | Created date (UTC)  | Amount | Amount Refunded | Currency | Fee  | Status   | Customer ID | Invoice ID
    ch_1 | 2024-01-01 10:01:10 | 10.00  | 0.00            | eur      | 0.40 | Paid     | cus_A       | in_1
    ch_2 | 2024-02-01 11:00:05 | 7.50   | 7.50            | eur      | 0.36 | Refunded | cus_A       | in_2
    ch_3 | 2024-01-20 00:00:09 | 12000  | 2000            | jpy      | 3.10 | Paid     | cus_B       | in_3
    ch_4 | 2024-02-01 08:16:00 | 10.00  | 0.00            | eur      | 0.00 | Failed   | cus_C       | in_4
    ch_5 | 2024-03-03 08:16:00 | 25,50  | 0,00            | eur      | 0,90 | Paid     | cus_C       |
    ch_6 | 2024-03-04 08:16:00 | 5.00   | 0.00            | eur      | 0.30 | Paid     |             |
""")
for payment in PAYMENTS:
    payment["Converted Currency"] = "eur"
    payment["Refunded date (UTC)"] = {"ch_2": "2024-02-05 12:00:00", "ch_3": "2024-04-01 00:00:00"}.get(
        payment["id"], ""
    )

FILES = {
    "customers (1).csv": exports.table(exports.STRIPE_CUSTOMERS, CUSTOMERS),
    "invoices.csv": exports.table(exports.STRIPE_INVOICES, INVOICES),
    "subscriptions.csv": exports.table(exports.STRIPE_SUBSCRIPTIONS, SUBSCRIPTIONS),
    "unified_payments.csv": exports.table(exports.STRIPE_PAYMENTS, PAYMENTS),
}


WHY = "what was paid, and for which terms, is taken from the export of invoices; add it if it is not in the folder"


def run(tmp_path: Path, *without: str):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in FILES.items():
        if name not in without:
            (folder / name).write_text(text, encoding="utf-8", newline="")
    reports = import_folder(folder, tmp_path / "landing", "UTC")
    assert [report.source for report in reports] == ["stripe"]
    return reports


def read(tmp_path: Path, log: str) -> list[dict[str, str]]:
    return read_log(tmp_path / "landing", log)


def test_every_file_is_known_by_its_columns_and_every_row_is_accounted_for(tmp_path):
    (report,) = run(tmp_path)
    assert report.rows_read == {name: text.count("\r\n") - 1 for name, text in FILES.items()}
    assert report.rows_written == {"members": 3, "subscriptions": 6, "payments": 7}
    assert [row["member_id"] for row in read(tmp_path, "members")] == ["stripe:cus_A", "stripe:cus_B", "stripe:cus_C"]
    assert [row["display_name"] for row in read(tmp_path, "members")] == ["Ann, A.", 'Bo "B"', "社长"]
    assert_good(tmp_path, "UTC")


def test_terms_are_those_of_the_paid_invoices(tmp_path):
    run(tmp_path)
    rows = [row for row in read(tmp_path, "subscriptions") if row["step"] in ("start", "renew")]
    terms = {(row["subscription_id"], row["term_start"], row["term_end"]) for row in rows}
    assert terms == {
        ("stripe:sub_A", "2024-01-01", "2024-02-01"),
        ("stripe:sub_A", "2024-02-01", "2024-03-01"),
        ("stripe:sub_B", "2024-01-20", "2025-01-20"),
    }
    steps = {(row["subscription_id"], row["term_start"], row["step"]) for row in rows}
    assert len(steps) == len(terms), "no term is started and renewed at once"
    assert Counter(step for *_, step in steps) == {"start": 2, "renew": 1}
    plans = {(row["subscription_id"], row["plan"]) for row in rows}
    assert plans == {("stripe:sub_A", "month"), ("stripe:sub_B", "year")}
    prices = {(row["price_minor"], row.get("discount_minor", "0"), row["currency"]) for row in rows}
    assert prices == {("1000", "0", "EUR"), ("1000", "250", "EUR"), ("12000", "0", "JPY")}
    assert all(date.fromisoformat(row["term_end"]) > date.fromisoformat(row["term_start"]) for row in rows)


def test_invoices_without_subscriptions_are_terms_without_a_plan(tmp_path):
    run(tmp_path, "subscriptions.csv")
    rows = read(tmp_path, "subscriptions")
    assert [(row["subscription_id"], row["step"], row.get("plan")) for row in rows] == [
        ("stripe:sub_A", "start", None),
        ("stripe:sub_B", "start", None),
        ("stripe:sub_A", "renew", None),
    ]


def test_trials_and_ends_come_from_the_subscriptions(tmp_path):
    run(tmp_path)
    rows = [row for row in read(tmp_path, "subscriptions") if row["step"] not in ("start", "renew")]
    assert [
        (row["step"], row["occurred_at"][:10], row["term_start"], row["term_end"], row["plan"]) for row in rows
    ] == [
        ("trial", "2024-01-06", "2024-01-06", "2024-01-20", "year"),
        ("cancel_scheduled", "2024-02-20", "2024-02-01", "2024-03-01", "month"),
        ("cancelled", "2024-03-01", "2024-02-01", "2024-03-01", "month"),
    ]


def test_money_is_that_of_the_exports_whichever_of_them_are_there(tmp_path):
    good = [row for row in PAYMENTS if row["Status"] != "Failed" and row["Customer ID"]]
    expected: Counter = Counter()
    for row in good:
        units = 1 if row["Currency"] == "jpy" else 100
        expected[row["Currency"].upper(), "in"] += int(Decimal(row["Amount"].replace(",", ".")) * units)
        expected[row["Currency"].upper(), "back"] -= int(Decimal(row["Amount Refunded"].replace(",", ".")) * units)
    (tmp_path / "payments").mkdir()
    run(tmp_path / "payments", "invoices.csv")
    assert money(read(tmp_path / "payments", "payments")) == dict(expected)
    (tmp_path / "all").mkdir()
    reports = run(tmp_path / "all")
    rows = read(tmp_path / "all", "payments")
    expected["EUR", "in"] += 5000  # the invoice that no payment is for
    assert money(rows) == dict(expected)
    assert {row["payment_id"]: row["fee_minor"] for row in rows if "fee_minor" in row} == {
        "stripe:in_1": "40",
        "stripe:in_2": "36",
        "stripe:ch_5": "90",
    }
    assert [(row.file, row.reason, row.count) for report in reports for row in report.not_mapped] == [
        ("unified_payments.csv", "member_id: empty, but required", 1),
        ("invoices.csv", "nothing is made of rows like these (where)", 2),  # one is open, one for a trial
        ("unified_payments.csv", "nothing is made of rows like these (where)", 1),  # it failed
        ("subscriptions.csv", f"Amount: {WHY}", len(SUBSCRIPTIONS)),
    ]
