"""Made-up exports as the platforms write them: columns, quotes, ends of lines, encodings, lines around the table."""

import csv
import io
from collections.abc import Sequence

WECHAT_MERCHANT = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
WECHAT_PERSONAL = "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注"
ALIPAY_MERCHANT = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,"
    "支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,"
    "服务费（元）,分润（元）,备注"
)
ALIPAY_PERSONAL = (
    "交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,"
)
GHOST = (
    "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers"
)
STRIPE_CUSTOMERS = "id,Description,Email,Name,Created (UTC),Delinquent,Currency,Total Spend"
STRIPE_SUBSCRIPTIONS = (
    "id,Customer ID,Customer Description,Customer Email,Customer Name,Plan,Product,Quantity,Currency,Interval,Amount,"
    "Status,Cancellation Reason,Created (UTC),Start (UTC),Start Date (UTC),Current Period Start (UTC),"
    "Current Period End (UTC),Trial Start (UTC),Trial End (UTC),Application Fee Percent,Coupon,Tax Percent,"
    "Canceled At (UTC),Cancel At Period End,Ended At (UTC)"
)
STRIPE_INVOICES = (
    "id,Amount Due,Billing,Closed,Currency,Customer,Date (UTC),Due Date (UTC),Number,Paid,Subscription,Subtotal,"
    "Total Discount Amount,Applied Coupons,Tax,Tax Percent,Total,Amount Paid,Status,Charge,Period Start (UTC),"
    "Period End (UTC),Minimum Line Item Period Start (UTC),Maximum Line Item Period End (UTC),Finalized At (UTC),"
    "Paid At (UTC)"
)
STRIPE_PAYMENTS = (
    "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Amount Refunded,"
    "Converted Currency,Decline Reason,Description,Fee,Refunded date (UTC),Statement Descriptor,Status,Seller Message,"
    "Taxes On Fee,Card ID,Customer ID,Customer Description,Customer Email,Invoice ID,Transfer"
)

Row = dict[str, str]


def records(text: str, **common: str) -> list[Row]:
    """Rows from a table of texts between bars, under a line of names; ``common`` holds what is the same in all."""
    names, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [common | dict(zip(names, line, strict=True)) for line in lines]


def table(header: str, rows: Sequence[Row]) -> str:
    """A CSV as a library writes it: quoted where it must be, lines ended as on Windows."""
    names = header.split(",")
    assert all(set(row) <= set(names) for row in rows), [set(row) - set(names) for row in rows]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def wechat_merchant(rows: Sequence[Row], end: str = "\r\n") -> str:
    """A merchant's bill of WeChat Pay: every value after a backtick, two lines of totals."""
    names = WECHAT_MERCHANT.split(",")
    lines = [",".join(f"`{row.get(name, '')}" for name in names) for row in rows]
    totals = ["总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"]
    totals += [f"`{len(rows)},`0.00,`0.00,`0.00,`0.00,`0.00,`0.00"]
    return "\ufeff" + end.join([WECHAT_MERCHANT, *lines, *totals, ""])


def wechat_personal(rows: Sequence[Row]) -> str:
    """A personal bill of WeChat Pay: lines before the table, tabs behind long numbers, quotes around a slash."""
    names = WECHAT_PERSONAL.split(",")
    before = ["微信支付账单明细", "微信昵称：[社长]", "起始时间：[2025-01-01 00:00:00] 终止时间：[2025-03-31 23:59:59]"]
    before += ["导出类型：[全部]", "导出时间：[2025-04-01 12:59:49]", "", f"共{len(rows)}笔记录", "收入：2笔 398.00元"]
    before += ["支出：1笔 9.90元", "中性交易：0笔 0.00元", "注：", "1. 充值/提现等交易，将计入中性交易"]
    before += ["2. 本明细仅展示当前账单中的交易", "3. 本明细仅供个人对账使用", ""]
    before += ["----------------------微信支付账单明细列表--------------------"]
    lines = []
    for row in rows:
        cells = {"支付方式": "零钱", "商户单号": "/\t", "备注": '"/"', **row, "交易单号": row["交易单号"] + "\t"}
        cells |= {name: f'"{cells[name]}"' for name in names if "," in cells.get(name, "")}
        lines.append(",".join(cells.get(name, "") for name in names))
    return "\ufeff" + "\r\n".join([*(line + ",,,,,,,," for line in before), WECHAT_PERSONAL, *lines, ""])


def alipay_merchant(rows: Sequence[Row]) -> str:
    """A merchant's bill of Alipay: lines that begin with a hash before and after, tabs behind numbers."""
    names = ALIPAY_MERCHANT.split(",")
    padded = ("支付宝交易号", "商户订单号", "业务类型", "门店编号", "退款批次号/请求号")
    lines = [",".join(row.get(name, "") + ("\t" if name in padded else "") for name in names) for row in rows]
    before = ["#支付宝业务明细查询", "#账号：[20880000000000000156]"]
    before += ["#起始日期：[2025年01月01日 00:00:00]   终止日期：[2025年02月01日 00:00:00]"]
    before += ["#-----------------------------------------业务明细列表----------------------------------------"]
    after = ["#-----------------------------------------业务明细列表结束------------------------------------"]
    after += ["#交易合计：2笔，商家实收共398.00元，商家优惠共0.00元", "#导出时间:[2025年02月01日 10:00:00]"]
    return "\r\n".join([*before, ALIPAY_MERCHANT, *lines, *after, ""])


def alipay_personal(rows: Sequence[Row]) -> str:
    """A personal bill of Alipay: two dozen lines before the table, a comma too many at each end."""
    names = ALIPAY_PERSONAL.split(",")
    before = [
        "-" * 84,
        "导出信息：",
        "姓名：社长",
        "支付宝账户：138******00",
        f"共{len(rows)}笔记录",
        "收入：1笔 199.00元",
    ]
    before += [
        "特别提示：",
        "1.本回单内容可表明支付宝受理了相应支付交易申请",
        "",
        "支付宝支付科技有限公司  电子客户回单",
    ]
    lines = []
    for row in rows:
        cells = {**row, "交易订单号": row["交易订单号"] + "\t", "商家订单号": "\t"}
        lines.append(",".join(cells.get(name, "") for name in names))
    return "\r\n".join([*before, "-" * 20, ALIPAY_PERSONAL, *lines, ""])
