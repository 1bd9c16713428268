"""Churn model: how good is it, and what drives churn? For each definition, on cut-offs that it never saw."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import known, words
from pipelines.report.parts.blocks import Block, Note, Page, Tile, Tiles
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.header import Header
from pipelines.report.parts.reasons import said
from pipelines.report.parts.text import Text, decimal, integer, percent
from pipelines.report.sections import churn_detail, churn_drift, churn_drivers, churn_learners, scores
from pipelines.sql import literal

_TITLE = Text("Churn model", "流失模型")
_QUESTION = Text("How good is the model?", "模型有多好？")
_LEFT = {"inactivity": Text("went quiet", "确实沉默"), "lapse": Text("did not renew", "确实未续费")}
_TILES = ("log_loss", "brier", "roc_auc", "calibration_error")


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """The version trained last, of each definition of churn; without one, why a rule is used."""
    if not marts.has("churn_trainings"):
        note = _rule_only(None, None, Text("", ""))
        return Page(name="churn", title=_TITLE, question=_QUESTION, answer=_untrained(), blocks=[note])
    trainings = _trainings(marts)
    blocks: list[Block] = []
    answers: list[Text] = []
    for training in trainings.rows:
        # A community without subscriptions has one definition; naming it everywhere would say nothing.
        name = words.word(words.DEFINITIONS, training["definition"])
        mark = Text(" · ", " · ") + name if len(trainings.rows) > 1 else Text("", "")
        metrics = _metrics(marts, training)
        if training["definition"] in scores.not_learnt(marts):
            answer = scores.still_to_come(marts, context)
        else:
            answer = _kept_its_word(training) or _answer(metrics.rows)
        answers.append(_of(name, answer) if len(trainings.rows) > 1 else answer)
        blocks += _section(marts, context, trainings, training, metrics, mark)
    if "lapse" not in {row["definition"] for row in trainings.rows}:
        blocks.append(_no_lapse(header))
    answer = Text(" ".join(one.en for one in answers), "".join(one.zh for one in answers))
    return Page(name="churn", title=_TITLE, question=_QUESTION, answer=answer, blocks=blocks)


def _of(name: Text, answer: Text) -> Text:
    """The answer for one definition of several."""
    en = f"{name.en[:1].upper()}{name.en[1:]}: {answer.en[:1].lower()}{answer.en[1:]}"
    return Text(en, f"{name.zh}：{answer.zh}")


def _section(
    marts: Marts, context: SiteContext, trainings: Result, training: Row, metrics: Result, mark: Text
) -> list[Block]:
    """All blocks of one definition."""
    champion = [row for row in metrics.rows if row["is_champion"]]
    blocks: list[Block] = [_tiles(metrics, champion, mark) if champion else _rule_only(trainings, training, mark)]
    if marts.has("churn_predictions"):
        made = (churn_drivers.drivers, churn_drift.drift)
        blocks += [block for one in made if (block := one(marts, context, training["definition"], mark))]
    if champion and marts.has("churn_calibration"):
        blocks.append(churn_detail.calibration(marts, training, mark))
    if metrics.rows:
        blocks.append(churn_learners.comparison(metrics, _answer(metrics.rows), mark))
    if metrics.rows:
        blocks.append(churn_learners.every_learner(metrics, mark))
    if champion:
        blocks += churn_detail.breakdowns(marts, training, mark)
        blocks.append(churn_detail.card(trainings, training, context, champion[0]["n"], mark))
    return blocks


def _trainings(marts: Marts) -> Result:
    return marts.run(
        "churn_training",
        """
        select
            definition,
            learner,
            reason,
            trained_through_day,
            n_at_ends,
            high_end_rate,
            low_end_rate,
            model_version,
            card,
        from marts.churn_trainings
        qualify row_number() over (partition by definition order by trained_at desc) = 1
        order by definition
        """,
    )


def _metrics(marts: Marts, training: Row) -> Result:
    return marts.run(
        f"churn_metrics_{training['definition']}",
        f"""
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
        from marts.churn_evaluations
        where
            model_version = {literal(training["model_version"])}
            and split = 'test'
            and segment = 'all'
            and cut_off is null
        order by is_champion desc, learner, metric
        """,
    )


def _untrained() -> Text:
    return Text("No model has been trained: members are ranked by a rule.", "尚未训练模型：成员由规则排序。")


def _rule_only(trainings: Result | None, training: Row | None, mark: Text) -> Note:
    """Why there is no model, in the words of the last training where it left any."""
    return Note(
        title=Text("Rule only", "仅用规则") + mark,
        result=trainings,
        entries=[(Text("The last training said", "最近一次训练结论"), said(training["reason"].removeprefix("rule: ")))]
        if training
        else [],
        body=Text(
            "No learner is in use: either there are too few past churners to learn from, or none beat the "
            "baselines on cut-offs it had not seen. Members are ranked by a rule: days since their last activity, "
            "or for lapse whether they renew automatically.",
            "目前未启用任何模型：历史流失样本不足，或没有模型在未见过的切点上胜过基线。"
            "成员由规则排序：按距上次活跃的天数；未续费则按是否自动续费。",
        ),
    )


def _no_lapse(header: Header) -> Note:
    """Why lapse isn't judged."""
    is_collected = any(source.log == "subscriptions" and source.is_collected for source in header.sources)
    body = (
        Text("No model of lapse has been trained yet.", "尚未训练未续费模型。")
        if is_collected
        else Text(
            "The log of subscriptions is not collected, so only inactivity is predicted.",
            "未收集订阅日志，因此只预测不活跃。",
        )
    )
    return Note(title=Text("Churn by lapse", "未续费流失"), body=body)


def _kept_its_word(training: Row) -> Text | None:
    """What became of those whom the model called most and least at risk, in months that it had not seen."""
    if training["high_end_rate"] is None or training["low_end_rate"] is None:
        return None
    n, high, low = (
        integer(training["n_at_ends"]), percent(training["high_end_rate"]), percent(training["low_end_rate"])
    )  # fmt: skip
    did = words.word(_LEFT, training["definition"])
    return Text(
        f"Of the {n} called most at risk in past months {high} {did.en}; of the {n} called safest, {low}.",
        f"过去数月中，被判为风险最高的 {n} 人次有 {high} {did.zh}；被判为最稳妥的 {n} 人次为 {low}。",
    )


def _answer(rows: list[Row]) -> Text:
    champion = [row for row in rows if row["is_champion"]]
    if not champion:
        return _untrained()
    loss = next((row for row in champion if row["metric"] == "log_loss"), None)
    rivals = [row for row in rows if row["metric"] == "log_loss" and row["learner"] in words.BASELINES]
    name = words.word(words.LEARNERS, champion[0]["learner"])
    if loss is None or not rivals:
        return Text(f"The champion is {name.en}.", f"冠军模型为{name.zh}。")
    best = min(rivals, key=lambda row: row["value"])
    rival = words.word(words.LEARNERS, best["learner"])
    share = 1 - loss["value"] / best["value"]
    verb = ("less", "低") if share >= 0 else ("more", "高")
    return Text(
        f"The champion, {name.en}, has {abs(share):.0%} {verb[0]} log loss than the best baseline, {rival.en}.",
        f"冠军模型（{name.zh}）的对数损失比最好的基线（{rival.zh}）{verb[1]} {abs(share):.0%}。",
    ) + _way(rows, loss["value"])


def _way(rows: list[Row], loss: float) -> Text:
    """How far the champion comes from knowing nothing to the best possible, where that is known."""
    losses = {row["learner"]: row["value"] for row in rows if row["metric"] == "log_loss"}
    base, best = losses.get("base_rate"), losses.get(words.BEST_POSSIBLE)
    if base is None or best is None or best >= base:
        return Text("", "")
    way = (base - loss) / (base - best)
    return Text(
        f" That is {way:.0%} of the way from the base rate to the best possible.",
        f"从平均流失率到理论最优的差距，模型已走完 {way:.0%}。",
    )


def _tiles(result: Result, champion: list[Row], mark: Text) -> Tiles:
    found = {row["metric"]: row for row in champion}
    tiles = [
        Tile(
            label=known.Term(f"model_{metric}"),
            value=decimal(found[metric]["value"], 3),
            note=_interval(found[metric]),
        )
        for metric in _TILES
        if metric in found
    ]
    n = champion[0]["n"]
    return Tiles(
        title=Text("The champion on its test cut-offs", "冠军模型在测试切点的表现") + mark,
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
