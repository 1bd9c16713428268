"""Where the churn model is good and where it isn't: calibration, tenure segments, cut-offs; its card."""

from __future__ import annotations

import json

from pipelines.report.context import SiteContext
from pipelines.report.parts import charts, words
from pipelines.report.parts.blocks import Block, Cell, Chart, Column, Note, Table
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.reasons import said
from pipelines.report.parts.text import MISSING, Text, day, decimal, integer
from pipelines.sql import literal


def calibration(marts: Marts, training: Row, mark: Text) -> Chart:
    """Predicted against observed share per bin; a good model lies on the diagonal."""
    result = marts.run(
        f"churn_calibration_{training['definition']}",
        f"""
        select learner, bin, n, mean_predicted, observed_rate
        from marts.churn_calibration
        where model_version = {literal(training["model_version"])} and is_champion and split = 'test'
        order by bin
        """,
    )
    rows = result.rows
    diagonal = charts.line([0, 1], [0, 1], Text("perfect", "理想"), "muted", look="dotted")
    observed = charts.line(
        charts.column(rows, "mean_predicted"),
        charts.column(rows, "observed_rate"),
        Text("observed", "实际"),
        "c1",
        look="marked",
        notes=[f"n = {integer(row['n'])}" for row in rows],
    )
    total = sum(charts.column(rows, "n"))
    return Chart(
        title=Text("Do the percentages hold?", "概率可信吗？") + mark,
        note=Text(
            f"Each point is a tenth of the test rows (n = {integer(total)}); on the dotted line 30% means 30%.",
            f"每点为十分之一测试样本（n = {integer(total)}）；落在虚线上则 30% 即 30%。",
        ),
        figure=charts.figure(
            [diagonal, observed],
            x_title=Text("predicted", "预测"),
            y_title=Text("observed", "实际"),
            x="share",
            y="share",
        ),
        result=result,
        half=True,
    )


def breakdowns(marts: Marts, training: Row, mark: Text) -> list[Block]:
    """The champion by tenure segment and by cut-off."""
    definition = training["definition"]
    segments = marts.run(
        f"churn_by_segment_{definition}",
        _breakdown(
            training,
            "segment",
            "segment <> 'all' and cut_off is null",
            "segment not like 'under%', try_cast(regexp_extract(segment, '[0-9]+') as integer)",
        ),
    )
    cut_offs = marts.run(
        f"churn_by_cut_off_{definition}",
        _breakdown(training, "cut_off", "segment = 'all' and cut_off is not null", "cut_off"),
    )
    tenures = [Cell(words.word(words.TENURES, row["segment"]), index) for index, row in enumerate(segments.rows)]
    days = [Cell(day(row["cut_off"]), str(row["cut_off"])) for row in cut_offs.rows]
    return [
        _table(Text("By tenure", "按加入时长") + mark, Text("Tenure", "加入时长"), tenures, segments),
        _table(Text("By cut-off", "按切点") + mark, Text("Cut-off", "切点"), days, cut_offs),
    ]


def card(trainings: Result, training: Row, context: SiteContext, n: int, mark: Text) -> Note:
    """What the model was trained on, and why this learner."""
    told = json.loads(training["card"] or "{}").get("card", {})
    excluded = [f"{cutoff} ({why})" for cutoff, why in told.get("excluded", {}).items()]
    label, n_days = told.get("definition", {}).get("label"), context.horizon_days
    return Note(
        title=Text("Model card", "模型卡") + mark,
        result=trainings,
        body=Text(
            "The champion is the learner with the lowest log loss on validation cut-offs inside the training "
            "period; the test cut-offs above took no part in any choice.",
            "冠军模型是训练期内验证切点上对数损失最低者；上述测试切点未参与任何选择。",
        ),
        entries=[
            (Text("Version", "版本"), training["model_version"]),
            (Text("Chosen because", "选择理由"), said(training["reason"])),
            (Text("Data through", "训练数据截至"), day(training["trained_through_day"])),
            (
                Text("Churn means", "流失的定义"),
                said(label) if label else Text(f"no activity for {n_days} days", f"{n_days} 天不活跃"),
            ),
            (Text("Test rows", "测试样本"), integer(n)),
            (Text("Cut-offs left out", "未使用的切点"), ", ".join(excluded) or MISSING),
        ],
    )


def _breakdown(training: Row, by: str, where: str, order: str) -> str:
    baselines = ", ".join(literal(name) for name in words.BASELINES)
    return f"""
        select
            {by},
            max(n) as n,
            max(value) filter (where is_champion and metric = 'log_loss') as log_loss,
            max(low) filter (where is_champion and metric = 'log_loss') as log_loss_low,
            max(high) filter (where is_champion and metric = 'log_loss') as log_loss_high,
            min(value) filter (where learner in ({baselines}) and metric = 'log_loss') as best_baseline,
            max(value) filter (where learner = {literal(words.BEST_POSSIBLE)} and metric = 'log_loss') as best_possible,
            max(value) filter (where is_champion and metric = 'roc_auc') as roc_auc,
            max(low) filter (where is_champion and metric = 'roc_auc') as roc_auc_low,
            max(high) filter (where is_champion and metric = 'roc_auc') as roc_auc_high,
        from marts.churn_evaluations
        where model_version = {literal(training["model_version"])} and split = 'test' and {where}
        group by {by}
        order by {order}
        """


def _table(title: Text, by: Text, firsts: list[Cell], result: Result) -> Table:
    """One row per slice; the best possible has a column where it is known."""
    interval = Text("95% interval", "95% 区间")
    is_known = any(row["best_possible"] is not None for row in result.rows)
    names = [
        Text("n", "n"),
        Text("Log loss", "对数损失"),
        interval,
        Text("Best baseline", "最好的基线"),
        *([Text("Best possible", "理论最优")] if is_known else []),
        Text("ROC AUC", "ROC AUC"),
        interval,
    ]
    return Table(
        title=title,
        columns=[Column(by), *(Column(name, number=True) for name in names)],
        rows=[[first, *_cells(row, is_known=is_known)] for first, row in zip(firsts, result.rows, strict=True)],
        result=result,
        folded=True,
    )


def _cells(row: Row, *, is_known: bool) -> list[Cell]:
    def number(name: str) -> Cell:
        return Cell(decimal(row[name], 3), row[name])

    def interval(name: str) -> Cell:
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        return Cell(f"{decimal(low, 3)}–{decimal(high, 3)}" if low is not None else MISSING, low)

    return [
        Cell(integer(row["n"]), row["n"]),
        number("log_loss"),
        interval("log_loss"),
        number("best_baseline"),
        *([number("best_possible")] if is_known else []),
        number("roc_auc"),
        interval("roc_auc"),
    ]
