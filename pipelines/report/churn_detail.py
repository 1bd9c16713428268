"""Where the churn model is good and where it isn't: calibration, tenure segments, cut-offs."""

from __future__ import annotations

from typing import Any

from pipelines.report import charts, words
from pipelines.report.blocks import Block, Cell, Chart, Column, Table
from pipelines.report.database import Marts, Row
from pipelines.report.text import Text, day, decimal, integer


def latest_version() -> str:
    """CTE ``latest``: the evaluations of each definition's last training."""
    return """latest as (
            select *
            from marts.churn_evaluations
            where model_version in (
                select max_by(model_version, trained_at) from marts.churn_trainings group by definition
            )
        )
        """


def calibration(marts: Marts) -> Chart:
    """Predicted against observed share per bin; a good model lies on the diagonal."""
    result = marts.run(
        "churn_calibration",
        f"""
        with
        {latest_version()},

        champion as (
            select distinct model_version, learner
            from latest
            where is_champion and definition = (select min(definition) from latest)
        )

        select calibration.learner, calibration.bin, calibration.n, mean_predicted, observed_rate
        from marts.churn_calibration as calibration
        inner join champion
            on calibration.model_version = champion.model_version
            and calibration.learner = champion.learner
        where calibration.split = 'test'
        order by calibration.bin
        """,
    )
    rows = result.rows
    diagonal = charts.line([0, 1], [0, 1], Text("perfect", "理想"), "muted", width=1)
    diagonal["line"]["dash"] = "dot"
    points: charts.Trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": Text("observed", "实际"),
        "x": charts.column(rows, "mean_predicted"),
        "y": charts.column(rows, "observed_rate"),
        "customdata": charts.column(rows, "n"),
        "hovertemplate": "%{x:.0%} → %{y:.0%}, n = %{customdata:,}<extra></extra>",
        "marker": {"color": charts.Ink("c1"), "size": 9},
        "line": {"color": charts.Ink("c1"), "width": 1.5},
    }
    axis = {"range": [0, 1], "tickformat": ".0%"}
    total = sum(charts.column(rows, "n"))
    return Chart(
        title=Text("Do the percentages hold?", "概率可信吗？"),
        note=Text(
            f"Each point is a tenth of the test rows (n = {integer(total)}); on the dotted line 30% means 30%.",
            f"每点为十分之一测试样本（n = {integer(total)}）；落在虚线上则 30% 即 30%。",
        ),
        figure=charts.figure(
            [diagonal, points],
            x_title=Text("predicted", "预测"),
            y_title=Text("observed", "实际"),
            hovermode="closest",
            xaxis=axis,
            yaxis=axis,
            showlegend=False,
        ),
        result=result,
        half=True,
    )


def breakdowns(marts: Marts) -> list[Block]:
    """The champion by tenure segment and by cut-off."""
    segments = marts.run(
        "churn_by_segment",
        _breakdown(
            "segment",
            "segment <> 'all' and cut_off is null",
            "segment not like 'under%', try_cast(regexp_extract(segment, '[0-9]+') as integer)",
        ),
    )
    cut_offs = marts.run(
        "churn_by_cut_off", _breakdown("cut_off", "segment = 'all' and cut_off is not null", "cut_off")
    )
    return [
        Table(
            title=Text("By tenure", "按加入时长"),
            columns=_columns(Text("Tenure", "加入时长")),
            rows=[
                _cells(row, Cell(words.word(words.TENURES, row["segment"]), index))
                for index, row in enumerate(segments.rows)
            ],
            result=segments,
            half=True,
        ),
        Table(
            title=Text("By cut-off", "按截止日"),
            columns=_columns(Text("Cut-off", "截止日")),
            rows=[_cells(row, Cell(day(row["cut_off"]), str(row["cut_off"]))) for row in cut_offs.rows],
            result=cut_offs,
            half=True,
        ),
    ]


def _breakdown(by: str, where: str, order: str) -> str:
    return f"""
        with
        {latest_version()}

        select
            definition,
            {by},
            max(n) as n,
            max(value) filter (where metric = 'log_loss') as log_loss,
            max(low) filter (where metric = 'log_loss') as log_loss_low,
            max(high) filter (where metric = 'log_loss') as log_loss_high,
            max(value) filter (where metric = 'roc_auc') as roc_auc,
            max(value) filter (where metric = 'brier') as brier,
        from latest
        where split = 'test' and is_champion and {where}
        group by definition, {by}
        order by definition, {order}
        """


def _columns(first: Text) -> list[Column]:
    return [
        Column(first),
        Column(Text("n", "n"), number=True),
        Column(Text("Log loss", "对数损失"), number=True),
        Column(Text("95% interval", "95% 区间"), number=True),
        Column(Text("ROC AUC", "ROC AUC"), number=True),
        Column(Text("Brier", "Brier"), number=True),
    ]


def _cells(row: Row, first: Cell) -> list[Cell]:
    def number(name: str) -> Cell:
        value: Any = row[name]
        return Cell(decimal(value, 3), value)

    low, high = row["log_loss_low"], row["log_loss_high"]
    return [
        first,
        Cell(integer(row["n"]), row["n"]),
        number("log_loss"),
        Cell(f"{decimal(low, 3)}–{decimal(high, 3)}" if low is not None else "–", low),
        number("roc_auc"),
        number("brier"),
    ]
