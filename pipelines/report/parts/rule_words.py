"""What the rules of the gates are about, in words: pages and messages show no name of a profile's column."""

from __future__ import annotations

from expectations.shape_rules import UNSURE
from pipelines.report.parts import words
from pipelines.report.parts.text import Text

_DELIVERIES = {
    "quarantine_share": Text("share of quarantined rows", "隔离行占比"),
    "quarantine_share_of_few": Text("share of quarantined rows, of which there are few", "隔离行占比（行数很少）"),
    "unaccounted": Text("rows neither accepted nor quarantined", "既未接收也未隔离的行数"),
    "rejected_without_rows": Text("log days of which no file could be used", "没有一个文件可用的日志日"),
    "null_member_share": Text("share of rows that name nobody", "未填成员的行占比"),
    "null_member_rise": Text("rise in the share of rows that name nobody", "未填成员的行占比升幅"),
    "null_member_rise_in_part": Text("rise in the share of pieces without an author", "无作者内容占比升幅"),
    "misspelt_columns": Text("columns whose name looks misspelt", "疑似拼错的列名"),
    "rejected_files": Text("files that could not be read", "无法读取的文件"),
    "duplicate_share": Text("share of repeated rows", "重复行占比"),
    "shared_key_rows": Text("rows of different things under one key", "同一键下的不同事物的行数"),
    "max_lateness_days": Text("days by which the latest row is late", "最晚一行迟到的天数"),
    "volume_ratio": Text("rows against those of the four weeks before", "行数与此前四周之比"),
}

_SHAPES = {
    "rows_many": Text("signs of far too many rows", "行数过多的迹象"),
    "rows_cut": Text("signs of an export that stopped at a limit", "导出到上限中断的迹象"),
    "one_member": Text("signs of one member with most rows", "一名成员占大多数行的迹象"),
    "rows_late": Text("signs of rows of earlier days", "混入更早日子的行的迹象"),
    "rows_short": Text("signs of missing rows", "行数不足的迹象"),
    "rows_withdrawn": Text("signs of rows taken back by mistake", "误撤回行的迹象"),
    "strangers": Text("signs of unknown members", "成员都很陌生的迹象"),
    "day_again": Text("signs of another day's rows", "与另一天的行相同的迹象"),
    "ids_again": Text("signs of ids given out twice", "编号重复使用的迹象"),
    "rows_repeated": Text("signs of rows that are joined twice", "行被重复关联的迹象"),
    "hours_moved": Text("signs of another time zone", "时区不同的迹象"),
    "hours_missing": Text("signs of missing hours", "缺少钟点的迹象"),
    "times_alike": Text("signs of times without minutes", "时间丢失分钟的迹象"),
    "rows_ahead": Text("signs of rows of the day after", "混入次日的行的迹象"),
    "numbers_moved": Text("signs of another unit", "单位改变的迹象"),
    "columns_emptied": Text("signs of a column that was lost", "列丢失的迹象"),
    "columns_alike": Text("signs of a column with one value for all", "整列同值的迹象"),
    "kinds_gone": Text("signs of a missing kind", "缺少某一类型的迹象"),
    "kinds_new": Text("signs of a kind that takes the place of others", "某一类型取代其他的迹象"),
    "currency_changed": Text("signs of another currency", "货币改变的迹象"),
}

_FACTS = {
    "n_rows_without_key": Text("member-days without member or day", "缺少成员或日期的成员日"),
    "n_duplicate_keys": Text("member-days that are there twice", "重复的成员日"),
    "n_negative": Text("counts below zero", "小于零的计数"),
    "n_lost_interactions": Text("interactions lost or doubled on the way", "途中丢失或加倍的互动"),
    "dau_over_wau": Text("DAU above WAU", "DAU 超出 WAU"),
    "wau_over_mau": Text("WAU above MAU", "WAU 超出 MAU"),
    "growth_gap": Text("what MAU moved by beyond its parts", "MAU 的变化与各部分之差"),
    "missing_days": Text("days without a row", "没有行的日子"),
    "sums_gap": Text("scores less the sum of their days", "得分与各日之和的差"),
    "min_engagement": Text("lowest score of an active member", "活跃成员的最低得分"),
    "active_members_gap": Text("members with a score less MAU", "有得分的成员数与 MAU 之差"),
    "active_over_observed": Text("active days above observed days", "活跃天数超出观测天数"),
}

_PREDICTIONS = {
    "n_missing": Text("members without a prediction", "缺少预测的成员数"),
    "n_surplus": Text("predictions for nobody eligible", "多出的预测数"),
    "min_probability": Text("lowest probability", "最低概率"),
    "max_probability": Text("highest probability", "最高概率"),
    "n_null": Text("predictions without a probability", "没有概率的预测数"),
    "calibration_error": Text("gap between predicted and actual churn", "预测流失与实际流失之差"),
    "base_rate_shift": Text("shift of predicted churn since training", "训练以来预测流失率的变化"),
    "feature_drift": Text("largest shift of a feature since training", "训练以来特征的最大变化"),
}

_RULES = _DELIVERIES | _SHAPES | _FACTS


def rule(code: str) -> Text:
    """Return what a rule of a profile is about; the code itself where the rule is not known."""
    if found := _RULES.get(code):
        return found
    if found := _RULES.get(code.removesuffix(UNSURE)):
        return Text("weak ", "较弱的") + found
    definition, _, measure = code.partition("_")
    if (of := words.DEFINITIONS.get(definition)) and (what := _PREDICTIONS.get(measure)):
        return of + Text(": ", "：") + what
    return Text(code, code)
