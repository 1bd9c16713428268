"""Churn model: how good is it? The champion against the baselines, with intervals, on months it never saw."""

from __future__ import annotations

from pipelines.report import charts, churn_detail, words
from pipelines.report.blocks import Block, Cell, Chart, Column, Note, Page, Table, Tile, Tiles
from pipelines.report.context import SiteContext
from pipelines.report.database import Marts, Result, Row
from pipelines.report.facts import Facts
from pipelines.report.text import MISSING, Text, day, decimal, integer

_TITLE = Text("Churn model", "流失模型")
_QUESTION = Text("How good is the model?", "模型有多好？")
_TILES = ("log_loss", "brier", "roc_auc", "calibration_error")


def page(marts: Marts, context: SiteContext, facts: Facts) -> Page:
    """The version trained last, of the first definition of churn; without one, why a rule is used."""
    if not marts.has("churn_trainings"):
        return Page(name="churn", title=_TITLE, question=_QUESTION, answer=_untrained(), blocks=[_rule_only(marts)])
    result = _metrics(marts)
    first = result.rows[0]["definition"] if result.rows else None
    rows = [row for row in result.rows if row["definition"] == first]
    champion = [row for row in rows if row["is_champion"]]
    blocks: list[Block] = []
    if champion:
        blocks.append(_tiles(result, champion))
    else:
        blocks.append(_rule_only(marts))
    if rows:
        blocks.append(_comparison(result, rows))
    if champion and marts.has("churn_calibration"):
        blocks.append(churn_detail.calibration(marts))
    if rows:
        blocks.append(_table(result))
    if champion:
        blocks += [*churn_detail.breakdowns(marts), _card(result, context)]
    return Page(name="churn", title=_TITLE, question=_QUESTION, answer=_answer(rows, champion), blocks=blocks)


def _metrics(marts: Marts) -> Result:
    return marts.run(
        "churn_metrics",
        f"""
        with
        {churn_detail.latest_version()}
        select
            definition,
            learner,
            is_champion,
            metric,
            value,
            low,
            high,
            n,
            model_version,
            trained_through_day,
        from latest
        where split = 'test' and segment = 'all' and cut_off is null
        order by definition, is_champion desc, learner, metric
        """,
    )


def _untrained() -> Text:
    return Text("No model has been trained: members are ranked by a rule.", "尚未训练模型：成员由规则排序。")


def _rule_only(marts: Marts) -> Note:
    """Why there is no model, in the words of the last training where it left any."""
    result = None
    if marts.has("churn_trainings"):
        result = marts.run(
            "churn_training",
            """
            select definition, learner, reason, trained_through_day, model_version
            from marts.churn_trainings
            order by trained_at desc
            limit 1
            """,
        )
    return Note(
        title=Text("Rule only", "仅用规则"),
        result=result,
        facts=[(Text("The last training said", "最近一次训练结论"), row["reason"]) for row in result.rows]
        if result
        else [],
        body=Text(
            "No learner is in use: either there are too few past churners to learn from, or none beat the "
            "baselines on months it had not seen. Members are ranked by days since their last activity.",
            "目前未启用任何模型：历史流失样本不足，或没有模型在未见过的月份上胜过基线。成员按距上次活跃的天数排序。",
        ),
    )


def _answer(rows: list[Row], champion: list[Row]) -> Text:
    if not champion:
        return _untrained()
    loss = next((row for row in champion if row["metric"] == "log_loss"), None)
    rivals = [row for row in rows if row["metric"] == "log_loss" and row["learner"] in words.BASELINES]
    name = words.word(words.LEARNERS, champion[0]["learner"])
    if loss is None or not rivals:
        return Text(f"The champion is {name.en}.", f"当前模型为{name.zh}。")
    best = min(rivals, key=lambda row: row["value"])
    rival = words.word(words.LEARNERS, best["learner"])
    share = 1 - loss["value"] / best["value"]
    verb = ("less", "低") if share >= 0 else ("more", "高")
    return Text(
        f"The champion, {name.en}, has {abs(share):.0%} {verb[0]} log loss than the best baseline, {rival.en}.",
        f"当前模型（{name.zh}）的对数损失比最好的基线（{rival.zh}）{verb[1]} {abs(share):.0%}。",
    )


def _tiles(result: Result, champion: list[Row]) -> Tiles:
    found = {row["metric"]: row for row in champion}
    tiles = [
        Tile(
            label=words.METRICS[metric],
            value=decimal(found[metric]["value"], 3),
            note=_interval(found[metric]),
        )
        for metric in _TILES
        if metric in found
    ]
    n = champion[0]["n"]
    return Tiles(
        title=Text("The champion on its test months", "当前模型在测试月份的表现"),
        note=Text(
            f"n = {integer(n)} member-months the model never saw; 95% intervals over members.",
            f"n = {integer(n)} 个模型未见过的成员·月；按成员抽样的 95% 区间。",
        ),
        tiles=tiles,
        result=result,
    )


def _interval(row: Row) -> Text:
    if row["low"] is None or row["high"] is None:
        return Text("no interval", "无区间")
    shown = f"{decimal(row['low'], 3)}–{decimal(row['high'], 3)}"
    return Text(f"95% {shown}", f"95% {shown}")


def _comparison(result: Result, rows: list[Row]) -> Chart:
    rows = sorted((row for row in rows if row["metric"] == "log_loss"), key=lambda row: -row["value"])
    traces = []
    for is_champion, name, ink in (
        (False, Text("other learners and baselines", "其他模型与基线"), "muted"),
        (True, Text("champion", "当前模型"), "c1"),
    ):
        group = [row for row in rows if bool(row["is_champion"]) is is_champion]
        if not group:
            continue
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": [row["value"] for row in group],
                "y": [words.learner(row["learner"]) for row in group],
                "marker": {"color": charts.Ink(ink), "size": 11},
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": [(row["high"] or row["value"]) - row["value"] for row in group],
                    "arrayminus": [row["value"] - (row["low"] or row["value"]) for row in group],
                    "color": charts.Ink(ink),
                    "thickness": 1.5,
                    "width": 4,
                },
            }
        )
    return Chart(
        title=Text("Log loss against the baselines", "与基线比较：对数损失"),
        note=Text("Lower is better; lines are 95% intervals.", "越低越好；线段为 95% 区间。"),
        figure=charts.figure(
            traces,
            x_title=Text("log loss", "对数损失"),
            hovermode="closest",
            yaxis={"automargin": True, "categoryorder": "array", "showgrid": False},
        ),
        result=result,
        half=True,
    )


def _table(result: Result) -> Table:
    metrics = list(dict.fromkeys(row["metric"] for row in result.rows))
    metrics.sort(key=lambda metric: list(words.METRICS).index(metric) if metric in words.METRICS else 99)
    found: dict[tuple[str, str, bool], dict[str, Row]] = {}
    for row in result.rows:
        found.setdefault((row["definition"], row["learner"], bool(row["is_champion"])), {})[row["metric"]] = row
    rows = []
    for (definition, learner, is_champion), values in found.items():
        name = words.learner(learner)
        cells = [values.get(metric) for metric in metrics]
        rows.append(
            [
                Cell(name + " ★" if is_champion else name, learner),
                Cell(words.word(words.DEFINITIONS, definition)),
                *[Cell(decimal(cell["value"], 3), cell["value"]) if cell else Cell(MISSING, -1) for cell in cells],
            ]
        )
    return Table(
        title=Text("Every learner and baseline", "全部模型与基线"),
        note=Text("★ is the champion, chosen on validation months only.", "★ 为当前模型，仅依据验证月份选出。"),
        columns=[
            Column(Text("Learner", "模型")),
            Column(Text("Definition", "定义")),
            *[Column(words.word(words.METRICS, metric), number=True) for metric in metrics],
        ],
        rows=rows,
        result=result,
    )


def _card(result: Result, context: SiteContext) -> Note:
    row = result.rows[0] if result.rows else {}
    return Note(
        title=Text("Model card", "模型卡"),
        body=Text(
            "The champion is the learner with the lowest log loss on validation months inside the training "
            "period; the test months above took no part in any choice.",
            "当前模型是训练期内验证月份上对数损失最低者；上述测试月份未参与任何选择。",
        ),
        facts=[
            (Text("Version", "版本"), row.get("model_version", MISSING)),
            (Text("Trained on labels through", "训练标签截至"), day(row.get("trained_through_day"))),
            (
                Text("Churn means", "流失指"),
                Text(f"no activity for {context.horizon_days} days", f"{context.horizon_days} 天无活动"),
            ),
            (Text("Test rows", "测试样本"), integer(row.get("n"))),
        ],
    )
