"""What members were sent or given on their time line: by the month and kind, and never so that the rest is not seen."""

from __future__ import annotations

from pipelines.report.pages import member
from pipelines.report.parts.blocks import Table
from tests.support.report_marts import CONTEXT
from tests.support.report_pages import Fill, block_of

MEMBER = "insert into marts.dim_members by name select 'a' as member_id, false as is_excluded;"


def _told(fill: Fill, actions: str, more: str = "") -> list[tuple[str, str, str, str]]:
    """Day, what, and what is said of it in English and Chinese, of the time line of a member with these actions."""
    sql = f"""
        {MEMBER}
        insert into marts.member_actions by name
        select 's' as source, 'x' || n as action_id, 'a' as member_id, kind, campaign_id, coupon_id, arm, day
        from (values {actions}) as v (n, day, kind, campaign_id, coupon_id, arm);
        {more}
    """
    (page,) = member.pages(fill(sql), CONTEXT, ["a"])
    table = block_of(page, "What happened, the latest first")
    assert isinstance(table, Table)
    return [
        (
            str(row[0].sort),
            f"{row[1].shown}",
            "".join(getattr(part, "en", str(part)) for part in row[2].shown),
            "".join(getattr(part, "zh", str(part)) for part in row[2].shown),
        )
        for row in table.rows
    ]


def test_what_was_sent_is_told_by_month_and_kind_with_its_campaigns_and_coupons(fill: Fill) -> None:
    told = _told(
        fill,
        """
        (1, date '2026-11-02', 'message', 'digest', null, 'treated'),
        (2, date '2026-11-09', 'message', 'digest', null, 'treated'),
        (3, date '2026-11-10', 'message', 'win-back', null, 'treated'),
        (4, date '2026-11-05', 'coupon', 'spring', 'spring-7', 'treated'),
        (5, date '2026-10-31', 'message', null, null, 'treated'),
        (6, date '2026-10-30', 'coupon', 'same', 'same', 'treated'),
        (7, date '2026-10-29', 'coupon', null, 'bare', 'treated'),
        (8, date '2026-09-01', 'call', 'ring', null, 'treated'),
        (9, date '2026-09-01', 'call', 'ring', null, 'treated')
        """,
    )
    assert [(day, en) for day, _, en, _ in told] == [
        ("2026-11-10", "3 times in the month, first on 2 Nov 2026 · win-back, digest"),
        ("2026-11-05", "spring / spring-7"),
        ("2026-10-31", ""),
        ("2026-10-30", "2 times in the month, first on 29 Oct 2026 · same, bare"),
        ("2026-09-01", "2 times on that day · ring"),
    ]
    assert [zh for *_, zh in told] == [
        "当月 3 次，首次在2026年11月2日 · win-back、digest",
        "spring / spring-7",
        "",
        "当月 2 次，首次在2026年10月29日 · same、bare",
        "当日 2 次 · ring",
    ]
    assert "发出消息" in told[0][1]
    assert "电话联系" in told[-1][1]


def test_who_was_left_alone_was_sent_nothing_and_points_are_those_of_the_ledger(fill: Fill) -> None:
    told = _told(
        fill,
        """
        (1, date '2026-11-02', 'message', 'digest', null, 'held_out'),
        (2, date '2026-11-03', 'points', 'thanks', null, 'treated')
        """,
        """
        insert into marts.points_ledger by name
        select 's' as source, 'x2' as action_id, 'earned' as movement, 'a' as member_id, 'thanks' as campaign_id,
            40 as points, 40 as balance, date '2026-11-03' as day;
        """,
    )
    assert [(day, en) for day, _, en, _ in told] == [("2026-11-03", "40 · thanks")]


def test_hundreds_of_messages_of_many_campaigns_leave_room_for_the_rest(fill: Fill) -> None:
    days = ", ".join(f"({n}, date '2026-11-19' - {n}, 'message', 'mail {n}', null, 'treated')" for n in range(300))
    paid = """
        insert into marts.payments by name
        select 's' as source, 'p' as payment_id, 'payment' as movement, 'subscription' as paid_for, 'a' as member_id,
            'CNY' as currency, 9900 as gross_minor, 0 as refund_minor, date '2026-02-01' as day;
    """
    told = _told(fill, days, paid)
    assert len(told) == 12
    assert [day for day, *_ in told][-2:] == ["2026-02-01", "2026-01-31"]
    assert told[0][2] == "19 times in the month, first on 1 Nov 2026 · mail 0, mail 1, mail 2 and 16 more"
    assert told[0][3] == "当月 19 次，首次在2026年11月1日 · mail 0、mail 1、mail 2等 19 项"
    assert "付款" in told[-2][1]


def test_the_chart_has_a_bar_for_each_week_of_a_kind(fill: Fill) -> None:
    sql = f"""
        {MEMBER}
        insert into marts.member_actions by name
        select 's' as source, 'x' || n as action_id, 'a' as member_id, kind, 'treated' as arm, day
        from (values (1, 'message', date '2026-11-09'), (2, 'message', date '2026-11-15'),
            (3, 'message', date '2026-11-16'), (4, 'badge', date '2026-11-16')) as v (n, kind, day);
    """
    (page,) = member.pages(fill(sql), CONTEXT, ["a"])
    figure = block_of(page, "The last twelve months, week by week").figure  # type: ignore[attr-defined]
    assert figure["panels"][-1]["title"].zh == "触达与奖励"
    drawn = {one["name"].en: (one["x"], one["y"]) for one in figure["series"][1:]}
    assert drawn == {"message": (["2026-11-09", "2026-11-16"], [2, 1]), "badge": (["2026-11-16"], [1])}
