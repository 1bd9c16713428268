"""The learners side by side on the test cut-offs: a chart of their log loss, a table of all metrics."""

from __future__ import annotations

from pipelines.report.parts import charts, words
from pipelines.report.parts.blocks import Cell, Chart, Column, Table
from pipelines.report.parts.database import Result, Row
from pipelines.report.parts.text import MISSING, Text, decimal

_OTHERS = Text("other learners and baselines", "其他模型与基线")
_CHAMPION = Text("champion", "冠军模型")


def comparison(result: Result, answer: Text, mark: Text) -> Chart:
    """Log loss of every learner with its interval."""
    rows = sorted((row for row in result.rows if row["metric"] == "log_loss"), key=lambda row: -row["value"])
    inks = {_OTHERS: "muted", _CHAMPION: "c1", words.LEARNERS[words.BEST_POSSIBLE]: "good"}
    series = [
        charts.interval(
            words.learner(row["learner"]), row["value"], row["low"], row["high"], inks[_group(row)], _group(row)
        )
        for row in rows[::-1]
    ]
    return Chart(
        title=Text("Log loss against the baselines", "与基线比较：对数损失") + mark,
        note=answer + Text(" Lower is better; lines are 95% intervals.", "越低越好；线段为 95% 区间。") + _oracle(rows),
        figure=charts.intervals(series, x_title=Text("log loss", "对数损失"), decimals=3),
        result=result,
    )


def _group(row: Row) -> Text:
    if row["learner"] == words.BEST_POSSIBLE:
        return words.LEARNERS[words.BEST_POSSIBLE]
    return _CHAMPION if row["is_champion"] else _OTHERS


def _oracle(rows: list[Row]) -> Text:
    """What the best possible is, where it is known."""
    if all(row["learner"] != words.BEST_POSSIBLE for row in rows):
        return Text("", "")
    return Text(
        " These members are simulated, so the best possible is known: the predictions of somebody who knows what "
        "moves them, and of the rest what the logs show.",
        "这些成员为模拟数据，因此理论最优已知：即完全了解其行为规律、其余仅凭日志所能作出的预测。",
    )


def every_learner(result: Result, mark: Text) -> Table:
    """Every metric of every learner."""
    metrics = list(dict.fromkeys(row["metric"] for row in result.rows))
    metrics.sort(key=lambda metric: list(words.METRICS).index(metric) if metric in words.METRICS else 99)
    found: dict[tuple[str, bool], dict[str, Row]] = {}
    for row in result.rows:
        found.setdefault((row["learner"], bool(row["is_champion"])), {})[row["metric"]] = row
    rows = []
    for (learner, is_champion), values in found.items():
        name = words.learner(learner)
        cells = [values.get(metric) for metric in metrics]
        rows.append(
            [
                Cell(name + " ★" if is_champion else name, learner),
                *[Cell(decimal(cell["value"], 3), cell["value"]) if cell else Cell(MISSING, -1) for cell in cells],
            ]
        )
    return Table(
        title=Text("Every learner and baseline", "全部模型与基线") + mark,
        note=Text("★ is the champion, chosen on validation cut-offs only.", "★ 为冠军模型，仅依据验证切点选出。"),
        columns=[
            Column(Text("Learner", "模型")),
            *[Column(words.word(words.METRICS, metric), number=True) for metric in metrics],
        ],
        rows=rows,
        result=result,
        folded=True,
    )
