"""Alerts: what is unusual, and was the alarm right? Alarms of the last 90 days, each series in its band, each rule."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import charts, marks, words
from pipelines.report.parts.blocks import Block, Cell, Chart, Column, Note, Page, Table, Tone
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Text, day, decimal, integer, percent, plural
from pipelines.report.sections.alarms import DAYS, band, direction, fired, off

_TITLE = Text("Alerts", "警报")
_QUESTION = Text("What is unusual, and was the alarm right?", "哪里异常，警报对吗？")
_SERIES_SHOWN = 8
_TONES: dict[str, Tone] = {"lasting": "good", "data": "good", "passed": "neutral", "open": "warn"}


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """Alarms first; without eight weeks of days nothing is judged."""
    del header
    if not marts.has("alert_rules"):
        answer = Text("Nothing is watched yet.", "尚未监测任何指标。")
        waits = Note(
            title=Text("Needs eight weeks", "需要八周数据"),
            body=Text(
                "Each day is compared with the same weekdays of the 8 weeks before it.",
                "每天与此前 8 周的同一星期几比较。",
            ),
        )
        return Page(name="alerts", title=_TITLE, question=_QUESTION, answer=answer, blocks=[waits])
    alarms, rules = fired(marts, context), _rules(marts)
    blocks: list[Block] = [_alarm_table(alarms)]
    if marts.has("alert_days"):
        blocks.append(_bands(marts, context))
    blocks.append(_rule_table(rules))
    answer = _sentence(alarms, rules, context)
    return Page(name="alerts", title=_TITLE, question=_QUESTION, answer=answer, blocks=blocks)


def _rules(marts: Marts) -> Result:
    return marts.run(
        "alert_rules",
        """
        select *
        from marts.alert_rules
        order by n_alarms_90 desc, n_days_judged desc, rule, series
        """,
    )


def _sentence(alarms: Result, rules: Result, context: SiteContext) -> Text:
    if not any(row["n_days_judged"] for row in rules.rows):
        return Text(
            "Nothing can be compared yet: that takes the same weekdays of eight weeks.",
            "尚无可判断的日期：需要八周的同一星期几。",
        )
    on_day = [row for row in alarms.rows if row["day"] == context.through_day]
    date_ = day(context.through_day)
    if on_day:
        names = [words.series(row["rule"], row["series"]) for row in on_day]
        shown_en = ", ".join(f"{name.en} ({row['direction']})" for name, row in zip(names[:4], on_day[:4], strict=True))
        shown_zh = "、".join(
            f"{name.zh}（{direction(row).zh}）" for name, row in zip(names[:4], on_day[:4], strict=True)
        )
        more = len(on_day) - 4
        outside = "is outside its" if len(on_day) == 1 else "are outside their"
        text = Text(
            f"On {date_.en} {len(on_day)} series {outside} band: {shown_en}"
            + (f" and {more} more" if more > 0 else ""),
            f"{date_.zh}有 {len(on_day)} 项超出正常区间：{shown_zh}" + (f"等另外 {more} 项" if more > 0 else ""),
        )
    else:
        text = Text(f"On {date_.en} every watched series is within its band", f"{date_.zh}所有监测的指标都在正常区间内")
    n_fired = sum(row["n_alarms_90"] for row in rules.rows)
    told = n_fired - sum(row["n_open_90"] for row in rules.rows)
    right = sum(row["n_right_90"] for row in rules.rows)
    if not n_fired:
        return text + Text(f". No alarm in the last {DAYS} days.", f"。最近 {DAYS} 天没有警报。")
    text += Text(
        f". {plural(n_fired, 'alarm', 'alarms')} in the last {DAYS} days",
        f"。最近 {DAYS} 天共 {integer(n_fired)} 次警报",
    )
    if not told:
        return text + Text("; it is too early to say whether they were right.", "，尚早，无法判断是否正确。")
    return text + Text(
        f": {integer(right) if right else 'none'} of the {integer(told)} that can be told "
        f"{'was' if right == 1 else 'were'} right.",
        f"，可判断的 {integer(told)} 次中 {integer(right)} 次正确。",
    )


def _alarm_table(result: Result) -> Block:
    title = Text(f"Alarms of the last {DAYS} days, the latest first", f"最近 {DAYS} 天的警报，最新在前")
    if not result.rows:
        body = Text("No series left its band.", "没有指标超出正常区间。")
        return Note(title=title, body=body, result=result)
    return Table(
        title=title,
        note=Text(
            "Right: the series fired again in the same direction on at least 3 of the 7 days after, or the log was "
            "out. The others did not last; something may still have happened on that day.",
            "正确：此后 7 天中至少 3 天同方向再次报警，或日志缺失。很快恢复的不是持续变化，但当天仍可能有事发生。",
        ),
        columns=[
            Column(Text("Day", "日期")),
            Column(Text("Series", "指标"), wide=True),
            Column(Text("Value", "数值"), number=True),
            Column(Text("Band", "正常区间"), number=True),
            Column(Text("Usual", "常见值"), number=True),
            Column(Text("Off by", "偏离"), number=True),
            Column(Text("Was it right?", "警报对吗？")),
        ],
        rows=[
            [
                Cell(day(row["day"]), str(row["day"])),
                Cell(words.series(row["rule"], row["series"])),
                Cell(integer(row["value"]), row["value"]),
                Cell(band(row), row["band_low"]),
                Cell(integer(row["baseline"]), row["baseline"]),
                Cell(off(row), row["relative_change"] or 0),
                Cell(_outcome(row), row["outcome"]),
            ]
            for row in result.rows
        ],
        result=result,
        search=True,
        scroll=True,
    )


def _outcome(row: Row) -> object:
    return marks.badge(words.word(words.ALARM_OUTCOMES, row["outcome"]), _TONES.get(row["outcome"], "neutral"))


def _bands(marts: Marts, context: SiteContext) -> Block:
    """Lines of the series that fired most recently; a day without value or band is a gap."""
    result = marts.run(
        "alert_bands",
        f"""
        select rule, series, day, value, baseline, band_low, band_high, is_alarm
        from marts.alert_days
        where day between {context.through} - {DAYS - 1} and {context.through}
        order by
            max(case when is_alarm then day end) over (partition by rule, series) desc nulls last,
            rule,
            series,
            day
        """,
        limit=100_000,
    )
    found: dict[tuple[str, str], list[Row]] = {}
    for row in result.rows:
        found.setdefault((row["rule"], row["series"]), []).append(row)
    with_alarm = {key: rows for key, rows in found.items() if any(row["is_alarm"] for row in rows)}
    title = Text("Each series in its band", "各项指标与正常区间")
    if not with_alarm:
        body = Text("No series fired; the CSV holds all of them.", "没有指标报警；CSV 含全部指标。")
        return Note(title=title, body=body, result=result)
    shown = list(with_alarm.items())[:_SERIES_SHOWN]
    return Chart(
        title=title,
        note=Text(
            f"{len(shown)} of {len(with_alarm)} series that fired in {DAYS} days, the latest alarm first. Shaded: the "
            "band that the same weekdays of 8 weeks give; points: alarms.",
            f"{DAYS} 天内报警的 {len(with_alarm)} 项中的 {len(shown)} 项，最近报警在前。"
            "阴影为前 8 周同一星期几给出的区间；圆点为警报。",
        ),
        figure=charts.panels([(words.series(*key), _traces(words.series(*key), rows)) for key, rows in shown]),
        height=charts.panels_height(len(shown)),
        result=result,
    )


def _traces(name: Text, rows: list[Row]) -> list[charts.Series]:
    days = charts.column(rows, "day")
    alarms = [row for row in rows if row["is_alarm"]]
    return [
        charts.band(
            days, charts.column(rows, "band_low"), charts.column(rows, "band_high"), Text("band", "区间"), "c3"
        ),
        charts.line(days, charts.column(rows, "value"), name, "c1"),
        charts.points(charts.column(alarms, "day"), charts.column(alarms, "value"), Text("alarm", "警报"), "bad"),
    ]


def _rule_table(result: Result) -> Table:
    return Table(
        title=Text("The rules, tried on the past", "规则在历史上的表现"),
        note=Text(
            "A day fires when it is off its usual value by more than all three limits; many rows of a log only when "
            "they are also more than on any day of the second to the eighth week before. Right counts the alarms "
            f"of the last {DAYS} days that can be told.",
            "当日偏离常见值同时超过三个限度时报警；日志行数偏多，还须超过此前第 2 至第 8 周的每一天。"
            f"正确率按最近 {DAYS} 天可判断的警报计算。",
        ),
        columns=[
            Column(Text("Series", "指标"), wide=True),
            Column(Text("Robust deviations", "稳健标准差"), number=True),
            Column(Text("Least change", "最小变化"), number=True),
            Column(Text("Least count", "最小数量"), number=True),
            Column(Text("Days judged", "判断天数"), number=True),
            Column(Text("Alarms per 30 days", "每 30 天警报"), number=True),
            Column(Text(f"Alarms in {DAYS} days", f"{DAYS} 天警报"), number=True),
            Column(Text("Right", "正确"), number=True),
        ],
        rows=[
            [
                Cell(words.series(row["rule"], row["series"])),
                Cell(decimal(row["threshold"], 1), row["threshold"]),
                Cell(percent(row["least_change"]), row["least_change"]),
                Cell(integer(row["least_count"]), row["least_count"]),
                Cell(integer(row["n_days_judged"]), row["n_days_judged"]),
                Cell(decimal(row["alarms_per_30_days"], 1), row["alarms_per_30_days"] or 0),
                Cell(integer(row["n_alarms_90"]), row["n_alarms_90"]),
                Cell(_right(row), -1 if row["precision_90"] is None else row["precision_90"]),
            ]
            for row in result.rows
        ],
        result=result,
        dense=True,
    )


def _right(row: Row) -> str:
    told = row["n_alarms_90"] - row["n_open_90"]
    return "–" if row["precision_90"] is None else f"{integer(row['n_right_90'])} / {integer(told)}"
