"""What became of a message is a line in both languages, whatever became of it and why."""

from typing import get_args

import pytest

from pipelines.report.parts.reasons import chinese
from pipelines.report.parts.text import Text
from pipelines.sending.one import Outcome, What
from tests.support.chinese import LEFT

REFUSED = "127.0.0.1 cannot be reached: check the address and this machine's network"


@pytest.mark.parametrize("what", get_args(What))
def test_each_outcome_is_said_in_chinese_with_why(what):
    line = Outcome("team", "brief:2026-11-19", what, REFUSED).line

    assert line.en == f"team: brief:2026-11-19 {what}, {REFUSED}"
    assert line.zh.startswith("team：brief:2026-11-19 ")
    assert line.zh.endswith("：无法连接 127.0.0.1：请检查地址和本机的网络")
    assert not LEFT.search(line.zh)


def test_an_outcome_without_key_or_reason_is_a_line_too():
    assert Outcome("team", "", "failed").line == Text("team: failed", "team：发送失败")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (
            f"team: brief:2026-11-19, try 2 at 2026-11-20 06:00 UTC: {REFUSED}",
            "team：brief:2026-11-19，第 2 次尝试于 2026-11-20 06:00 UTC：无法连接 127.0.0.1：请检查地址和本机的网络",
        ),
        ("a: look at it: a.md: there is no text below the second ---", "a：请查看：a.md：第二个 --- 下面没有正文"),
    ],
)
def test_what_stands_before_a_reason_is_no_part_of_an_address(said, wanted):
    assert chinese(said) == wanted
