"""The sentence of the morning brief: it leads with the figure that is farthest outside its usual range."""

import pytest

from pipelines.report.sections.brief_sentence import sentence
from tests.support.report_marts import CONTEXT

WITHIN = {"dau": (25, 20, 30), "wau": (90, 80, 99), "mau": (200, 190, 210), "stickiness": (0.16, 0.15, 0.17)}


@pytest.mark.parametrize(
    ("other", "en", "zh"),
    [
        (
            {},
            "Every figure is within its usual range. On Thursday, 19 Nov 2026, 25 members were active, 12 more",
            "各项数字均在常见范围内。2026年11月19日（周四）有 25 名成员活跃，比一周前多 12 人。",
        ),
        (
            {"wau": (79, 80, 99), "mau": (180, 190, 210)},
            "Unusually few members were active in the month: 180, usually 190–210 on a Thursday. Also low: WAU 79. On",
            "30 天活跃成员少于往常：180，周四通常为 190–210。偏低的还有：WAU 79。2026年11月19日",
        ),
        (
            {"mau": (180, 190, 210), "dau": (31, 20, 30)},
            "Unusually few members were active in the month: 180, usually 190–210 on a Thursday. Also high: DAU 31. On",
            "30 天活跃成员少于往常：180，周四通常为 190–210。偏高的还有：DAU 31。2026年11月19日",
        ),
        (
            {"dau": (60, 20, 30), "mau": (189, 190, 210), "wau": (100, 80, 99)},
            "Unusually many members were active on Thursday, 19 Nov 2026: 60, usually 20–30, 47 more than a week "
            "before. Also low: MAU 189; also high: WAU 100.",
            "2026年11月19日（周四）的活跃成员多于往常：60 人，通常为 20–30，比一周前多 47 人。"
            "偏低的还有：MAU 189；偏高的还有：WAU 100。",
        ),
        (
            {"stickiness": (0.21, 0.2, 0.2)},
            "Members came unusually often, a stickiness of 21%, usually 20% on a Thursday. On",
            "粘性高于往常：21%，周四通常为 20%。2026年11月19日",
        ),
        (
            {"n_interactions": (50, 1, 8)} | dict.fromkeys(("dau", "wau", "mau", "joined_members"), (9, 1, 8)),
            "Unusually many interactions came from members: 50, usually 1–8 on a Thursday. "
            "Also high: DAU 9, WAU 9, MAU 9, and 1 more. On",
            "成员的互动多于往常：50，周四通常为 1–8。偏高的还有：DAU 9、WAU 9、MAU 9，另有 1 项。2026年11月19日",
        ),
    ],
)
def test_the_sentence_leads_with_the_most_unusual_figure(
    other: dict[str, tuple[float, float, float]], en: str, zh: str
) -> None:
    rows = {
        name: {
            "measure": name,
            "amount": amount,
            "lowest": low,
            "highest": high,
            "n_weeks": 8,
            "n_missing": 0,
            "week_before": 13,
        }
        for name, (amount, low, high) in (WITHIN | other).items()
    }
    text = sentence(rows, CONTEXT)
    assert text.en.startswith(en), text.en
    assert text.zh.startswith(zh), text.zh
    for without_range in ({"n_weeks": 3}, {"n_missing": 1}):
        unknown = {name: row | without_range for name, row in rows.items()}
        assert sentence(unknown, CONTEXT).en.startswith("On Thursday")


def test_far_is_measured_in_widths_of_the_usual_range() -> None:
    """Of a figure that hardly varies a little is much; of one that varies widely it is not."""
    steady = {"mau": (1030, 1000, 1010), "n_interactions": (900, 100, 800)}
    rows = {
        name: {"measure": name, "amount": amount, "lowest": low, "highest": high, "n_weeks": 8, "n_missing": 0,
               "week_before": None}
        for name, (amount, low, high) in (WITHIN | steady).items()
    }  # fmt: skip
    assert sentence(rows, CONTEXT).en.startswith("Unusually many members were active in the month: 1,030")
