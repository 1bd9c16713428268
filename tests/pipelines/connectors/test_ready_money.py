"""Exports of money as the platforms write them, through the ready mappings: every amount is counted again by hand."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.connectors import import_folder
from tests.support import exports
from tests.support.connector_reading import assert_good, read_log

pytestmark = pytest.mark.slow

ZONE = "Asia/Shanghai"


def run(tmp_path: Path, files: dict[str, str], encoding: str = "utf-8", zone: str = ZONE):
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode(encoding))
    return import_folder(folder, tmp_path / "landing", zone)


def read(tmp_path: Path, log: str) -> list[dict[str, str]]:
    return read_log(tmp_path / "landing", log)


def said(reports) -> Counter:
    return Counter({(row.output, row.reason): row.count for report in reports for row in report.not_mapped})


def money(rows: list[dict[str, str]]) -> dict[tuple[str, str], int]:
    """Money in and paid back, by currency, of landing rows."""
    found: Counter = Counter()
    for row in rows:
        amount = int(row["amount_minor"])
        found[row["currency"], "in" if amount > 0 else "back"] += amount
    return dict(found)


def by_hand(rows: list[dict[str, str]], column: str, digits: int = 2) -> int:
    """Sum of a column of an export, in minor units, by decimal arithmetic."""
    return int(sum(Decimal(row[column].replace("¥", "") or 0) for row in rows) * 10**digits)


MERCHANT = exports.records(
    """
    交易时间            | 微信订单号 | 用户标识 | 交易状态 | 应结订单金额 | 微信退款单号 | 退款金额 | 退款状态 | 手续费
    2025-01-28 17:07:11 | 42000292   | oA_1     | SUCCESS  | 199.00       | 0            | 0.00     |          | 1.19
    2025-01-29 00:30:00 | 42000293   | oB-2     | SUCCESS  | 1999.00      | 0            | 0.00     |          | 11.9900
    2025-02-03 09:00:00 | 42000294   | oA_1     | SUCCESS  | 19.90        | 0            | 0.00     |          | 0.12
    2025-02-04 10:00:00 | 42000293   | oB-2     | REFUND   | 0.00         | 50000001     | 500.00   | SUCCESS  | -3.0000
    2025-02-04 11:00:00 | 42000294   | oA_1     | REFUND   | 0.00         | 50000002     | 19.90    | FAIL     | 0.00
    """,
    **{"公众账号ID": "wx81be3101902f7cb2", "商户号": "1601959334", "付款银行": "OTHERS", "货币种类": "CNY"},
    **{"代金券金额": "0.00", "费率": "0.60%", "商品名称": "年度会员", "交易类型": "JSAPI", "订单金额": "2099.00"},
)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_merchants_bill_of_wechat_pay(tmp_path, encoding):
    bill = exports.wechat_merchant(MERCHANT)
    reports = run(tmp_path, {"1601959334All2025.csv": bill if encoding == "utf-8" else bill[1:]}, encoding)
    (report,) = reports
    assert report.source == "wechat_pay"
    assert report.rows_read == {"1601959334All2025.csv": 5}
    assert report.rows_written == {"payments": 4, "members": 2}
    rows = read(tmp_path, "payments")
    assert money(rows) == {("CNY", "in"): by_hand(MERCHANT[:3], "应结订单金额"), ("CNY", "back"): -50000}
    assert sum(int(row["fee_minor"]) for row in rows) == by_hand(MERCHANT[:4], "手续费")
    assert [(row["log_day"], row["payment_id"][-4:], row["member_id"], row.get("kind")) for row in rows] == [
        ("2025-01-28", "0292", "wechat:oA_1", None),
        ("2025-01-29", "0293", "wechat:oB-2", None),
        ("2025-02-03", "0294", "wechat:oA_1", None),
        ("2025-02-04", "0001", "wechat:oB-2", "refund"),
    ]
    assert [(row["member_id"], row["joined_at"]) for row in read(tmp_path, "members")] == [
        ("wechat:oA_1", "2025-01-28T09:07:11Z"),
        ("wechat:oB-2", "2025-01-28T16:30:00Z"),
    ]
    assert_good(tmp_path)


def test_two_months_bills_are_one_import_and_a_member_joins_once(tmp_path):
    files = {"jan.csv": exports.wechat_merchant(MERCHANT[:2], "\n"), "feb.csv": exports.wechat_merchant(MERCHANT[2:])}
    (report,) = run(tmp_path, files)
    assert report.rows_read == {"feb.csv": 3, "jan.csv": 2}
    assert report.rows_written == {"payments": 4, "members": 2}
    joined = {row["member_id"]: row["joined_at"] for row in read(tmp_path, "members")}
    assert joined["wechat:oA_1"] == "2025-01-28T09:07:11Z"


def test_an_order_that_a_spreadsheet_made_a_number_of_is_left_out(tmp_path):
    rows = [row | {"微信订单号": "4.2E+27"} for row in MERCHANT[:2]]
    reports = run(tmp_path, {"bill.csv": exports.wechat_merchant([*rows, MERCHANT[2]])})
    assert len(read(tmp_path, "payments")) == 1
    assert said(reports)["payments (outputs[0])", "payment_id: empty, but required"] == 2


PERSONAL = exports.records("""
    交易时间            | 交易类型    | 交易对方 | 收/支 | 金额(元)  | 当前状态     | 交易单号
    2025-02-03 09:00:00 | 二维码收款  | 小明,    | 收入  | ¥199.00   | 已收钱       | 1000039501202502030001
    2025-02-01 08:00:00 | 转账        | 阿花     | 收入  | ¥1,199.00 | 已存入零钱   | 1000039501202502010002
    2025-02-01 07:00:00 | 商户消费    | 某餐厅   | 支出  | ¥35.00    | 支付成功     | 4200001234
    2025-01-31 07:00:00 | 某餐厅-退款 | 某餐厅   | 收入  | ¥35.00    | 已全额退款   | 4200001235
    2025-01-30 07:00:00 | 微信红包    | 老王     | 收入  | ¥8.88     | 已存入零钱   | 1000039801
    2025-01-30 06:00:00 | 零钱提现    | 招商银行 | /     | ¥500.00   | 提现已到账   | 1000039802
""")


def test_a_personal_bill_of_wechat_pay(tmp_path):
    (report,) = run(tmp_path, {"微信支付账单(20250101-20250331).csv": exports.wechat_personal(PERSONAL)})
    assert report.rows_read == {"微信支付账单(20250101-20250331).csv": 6}
    found = read(tmp_path, "payments")
    assert [(row["member_id"], row["amount_minor"]) for row in found] == [
        ("wechat_name:阿花", "119900"),
        ("wechat_name:小明,", "19900"),
    ]
    assert [row["display_name"] for row in read(tmp_path, "members")] == ["阿花", "小明,"]
    assert said([report])["", "nothing is made of rows like these (where)"] == 4
    assert_good(tmp_path)


ALIPAY = exports.records(
    """
    支付宝交易号 | 业务类型 | 完成时间            | 对方账户         | 商家实收（元） | 退款批次号/请求号 | 服务费（元）
    20250103898  | 交易     | 2025-01-03 00:06:15 | *杨(137****2600) | 199.00         |                   | -1.19
    20250103899  | 交易     | 2025-01-04 10:06:15 | b***@exa.com     | 19.90          |                   | -0.12
    20250103899  | 退款     | 2025-01-05 10:06:15 | b***@exa.com     | -19.90         | R1                | 0.12
    """,
    **{"商户订单号": "cd6ece97", "商品名称": "年度会员", "创建时间": "2025-01-03 00:06:14", "订单金额（元）": "200.00"},
)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_merchants_bill_of_alipay(tmp_path, encoding):
    (report,) = run(tmp_path, {"20880156_20250101_业务明细.csv": exports.alipay_merchant(ALIPAY)}, encoding)
    assert (report.source, report.rows_written) == ("alipay", {"payments": 3, "members": 2})
    rows = read(tmp_path, "payments")
    assert sum(int(row["amount_minor"]) for row in rows) == by_hand(ALIPAY, "商家实收（元）")
    assert sum(int(row["fee_minor"]) for row in rows) == -by_hand(ALIPAY, "服务费（元）")
    assert [(row["payment_id"], row["amount_minor"], row["fee_minor"], row.get("kind")) for row in rows] == [
        ("alipay:20250103898", "19900", "119", None),
        ("alipay:20250103899", "1990", "12", None),
        ("alipay:20250103899:R1", "-1990", "-12", "refund"),
    ]
    assert rows[0]["occurred_at"] == "2025-01-02T16:06:15Z"
    assert_good(tmp_path)


def test_a_personal_bill_of_alipay(tmp_path):
    rows = exports.records("""
        交易时间            | 交易分类 | 交易对方 | 对方账号    | 商品说明 | 收/支    | 金额   | 交易状态 | 交易订单号
        2025-03-05 11:50:18 | 收入     | **晓     | 138******00 | 年费"早  | 收入     | 199.00 | 交易成功 | 2026446002
        2025-03-04 11:50:18 | 餐饮美食 | 奶茶店   | /           | 奶茶     | 支出     | 9.68   | 交易成功 | 2026296001
        2025-03-03 11:50:18 | 退款     | 店铺     | /           | 退款-鞋  | 不计收支 | 97.05  | 退款成功 | 2026296002
        2025-03-02 11:50:18 | 收入     | **明     | /           | 年费     | 收入     | 199.00 | 交易成功 | 2026446003
    """)
    reports = run(tmp_path, {"支付宝交易明细.csv": exports.alipay_personal(rows)}, "gbk")
    found = read(tmp_path, "payments")
    assert [(row["member_id"], row["amount_minor"]) for row in found] == [("alipay:**晓:138******00", "19900")]
    assert said(reports)["", "nothing is made of rows like these (where)"] == 2
    assert said(reports)["payments", "member_id: empty, but required"] == 1
    assert_good(tmp_path)


def test_ghosts_members_are_joined_to_their_payments_by_a_link(tmp_path):
    rows = exports.records(
        """
        id   | email       | name        | created_at               | deleted_at           | stripe_customer_id | tiers
        63f1 | ann@exa.com | Ann "A" Lee | 2024-03-01T09:30:00.000Z |                      | cus_A              | Gold
        63f2 | bo@exa.com  |             | 2024-03-02T23:30:00.000Z |                      |                    |
        63f3 | cy@exa.com  | Cy, C.      | 2024-03-02T23:30:00.000Z | 2024-05-01T00:00:00Z |                    |
        """,
        subscribed_to_emails="true",
        complimentary_plan="false",
    )
    reports = run(tmp_path, {"my-site.ghost.2024-06-01.csv": exports.table(exports.GHOST, rows)}, zone="UTC")
    (report,) = reports
    assert (report.source, report.rows_written) == ("ghost", {"members": 4, "identity_links": 1})
    members = [(row["log_day"], row["member_id"], row["status"]) for row in read(tmp_path, "members")]
    assert members == [
        ("2024-03-01", "ghost:63f1", "active"),
        ("2024-03-02", "ghost:63f2", "active"),
        ("2024-03-02", "ghost:63f3", "active"),
        ("2024-05-01", "ghost:63f3", "left"),
    ]
    assert [row.get("display_name") for row in read(tmp_path, "members")] == ['Ann "A" Lee', None, "Cy, C.", "Cy, C."]
    (link,) = read(tmp_path, "identity_links")
    assert (link["member_a"], link["member_b"]) == ("ghost:63f1", "stripe:cus_A")
    assert [count for (output, reason), count in said(reports).items() if "as of the export" in reason] == [3]
    assert_good(tmp_path, "UTC")
