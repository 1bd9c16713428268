"""Names that people read for the codes in the marts. An unknown code is shown as it is."""

from __future__ import annotations

from pipelines.report.parts import known
from pipelines.report.parts.text import Text

PAGE = {
    "through": Text("Data through", "数据截至"),
    "logs": Text("Logs", "日志"),
    "gates": Text("Gates", "质量门"),
    "members": Text("Members", "成员"),
    "gone": Text("and gone:", "另有已离开："),
    "publication": Text("Publication", "发布版本"),
    "withheld": Text("Incomplete, a gate withheld:", "数据不完整，质量门扣留了："),
    "as_of": Text("As of", "截至"),
    "looked": Text("Looked at", "查看于"),
    "partial": Text("Not whole yet: the nightly run replaces this page", "数据不完整：每晚运行后替换本页"),
    "search": Text("Search", "搜索"),
    "as_table": Text("Figures as a table", "图中数据"),
    "one_moment": Text(
        "One value so far: the chart begins with the second; the CSV holds what is there.",
        "目前只有一个时间点的数据，有第二个后开始绘图；现有数据见 CSV。",
    ),
    "nothing": Text("Nothing to show.", "没有可显示的内容。"),
    "copy": Text("Copy", "复制"),
    "dark": Text("Dark", "深色"),
    "light": Text("Light", "浅色"),
}
"""Words of the templates themselves."""

BETWEEN_LOGS = "rules between logs"
"""What stands for a table's name where all rules between logs are meant."""

LOGS = {
    "members": Text("members", "成员"),
    "content": Text("content", "内容"),
    "interactions": Text("interactions", "互动"),
    "events": Text("events", "活动"),
    "event_participation": Text("event participation", "活动参与"),
    "feedback": Text("feedback", "反馈"),
    "subscriptions": Text("subscriptions", "订阅"),
    "payments": Text("payments", "支付"),
    "actions": Text("actions", "运营动作"),
    "identity_links": Text("identity links", "身份关联"),
}

LEVELS = {
    "high": Text("high", "高"),
    "medium": Text("medium", "中"),
    "low": Text("low", "低"),
    "silent": Text("silent", "沉默"),
}

LIFECYCLES = {
    "new": Text("new", "新成员"),
    "active": Text("active", "活跃"),
    "at_risk": Text("going quiet", "趋于沉寂"),
    "dormant": Text("dormant", "休眠"),
    "lost": Text("lost", "流失"),
    "resurrected": Text("resurrected", "回归"),
    "outside": Text("not a member", "非成员"),
}

KINDS = {
    "article": Text("articles", "文章"),
    "live": Text("lives", "直播"),
    "course": Text("courses", "课程"),
    "announcement": Text("announcements", "公告"),
    "event_notice": Text("event notices", "活动通知"),
    "question": Text("questions", "提问"),
    "answer": Text("answers", "回答"),
    "comment": Text("comments", "评论"),
}
"""Kinds of the content log."""

KIND = {
    "article": Text("Article", "文章"),
    "live": Text("Live", "直播"),
    "course": Text("Course", "课程"),
    "announcement": Text("Announcement", "公告"),
    "event_notice": Text("Event notice", "活动通知"),
    "question": Text("Question", "提问"),
    "answer": Text("Answer", "回答"),
    "comment": Text("Comment", "评论"),
}
"""One piece of each kind."""

GATHERINGS = {
    "talk": Text("talk", "分享会"),
    "contest": Text("contest", "竞赛"),
    "showcase": Text("showcase", "作品展示"),
    "workshop": Text("workshop", "工作坊"),
    "meetup": Text("meetup", "线下聚会"),
    "live": Text("live", "直播"),
    "ama": Text("ask me anything", "有问必答"),
}
"""Kinds of the event log."""

MODES = {"online": Text("online", "线上"), "offline": Text("in person", "线下")}

ACCESS = {"free": Text("free", "免费"), "paid": Text("paid", "付费")}

INTERACTIONS = {
    "view": Text("viewed", "浏览"),
    "read": Text("read", "阅读"),
    "like": Text("liked", "点赞"),
    "bookmark": Text("bookmarked", "收藏"),
    "share": Text("shared", "分享"),
    "comment": Text("commented", "评论"),
    "reply": Text("replied", "回复"),
    "ask": Text("asked", "提问"),
    "answer": Text("answered", "回答"),
    "accept": Text("accepted an answer", "采纳回答"),
    "vote": Text("voted", "投票"),
    "follow": Text("followed", "关注"),
    "mention": Text("mentioned", "提及"),
    "join_live": Text("joined a live", "进入直播"),
    "chat_live": Text("chatted in a live", "直播发言"),
    "complete": Text("completed", "完成学习"),
}
"""Kinds of the interactions log, as what a member did."""

DEFINITIONS = {
    "inactivity": Text("inactivity", "不活跃"),
    "lapse": Text("lapse", "未续费"),
}

LEARNERS = {
    "rule": Text("rule", "规则"),
    "base_rate": Text("base rate", "平均流失率"),
    "recency": Text("days since last activity", "距上次活跃天数"),
    "decayed_90": Text("90-day decayed activity", "90 天衰减活跃度"),
    "logistic": Text("logistic regression", "逻辑回归"),
    "tree": Text("decision tree", "决策树"),
    "forest": Text("random forest", "随机森林"),
    "svm": Text("support vector machine", "支持向量机"),
    "boosting": Text("gradient boosting", "梯度提升"),
    "blend": Text("mean of logistic regression, forest and boosting", "逻辑回归、随机森林与梯度提升的平均"),
    "best_possible": Text("best possible", "理论最优"),
}

TENURES = {
    "under_30_days": Text("under 30 days", "不足 30 天"),
    "30_to_179_days": Text("30 to 179 days", "30 至 179 天"),
    "180_to_729_days": Text("180 to 729 days", "180 至 729 天"),
    "from_730_days": Text("730 days and more", "730 天及以上"),
}
"""The model's tenure segments: days since the member's first day."""

BASELINES = ("base_rate", "recency", "decayed_90")
"""Learners that any model has to beat."""

BEST_POSSIBLE = "best_possible"
"""Predictions by the true probabilities, known for the sample community only."""

METRICS = {
    "log_loss": Text("log loss", "对数损失"),
    "brier": Text("Brier score", "Brier 分数"),
    "roc_auc": Text("ROC AUC", "ROC AUC"),
    "pr_auc": Text("PR AUC", "PR AUC"),
    "calibration_error": Text("calibration error", "校准误差"),
    "accuracy": Text("accuracy", "准确率"),
    "precision": Text("precision", "精确率"),
    "recall": Text("recall", "召回率"),
    "f1": Text("F1", "F1"),
    "churn_rate": Text("churn rate", "流失率"),
    "mean_probability": Text("mean probability", "平均概率"),
    "precision_top_decile": Text("precision in the top decile", "前 10% 的精确率"),
}

GATES = {
    "deliveries": Text("deliveries", "送达"),
    "facts": Text("facts", "事实表"),
    "predictions": Text("predictions", "预测"),
}

SEVERITIES = {"critical": Text("critical", "严重"), "warning": Text("warning", "警告")}

ARMS = {"treated": Text("contact", "联系"), "held_out": Text("control", "对照")}

OUTCOMES = {"active": Text("active", "保持活跃"), "renewed": Text("renewed", "续费")}

ALARM_OUTCOMES = {
    "lasting": Text("yes, it lasted", "是，变化持续"),
    "data": Text("yes, the data was out", "是，数据缺失"),
    "passed": Text("no, it passed", "否，很快恢复"),
    "open": Text("too early to say", "尚早，无法判断"),
}
"""What came of an alarm."""

VERDICTS = {
    "works": Text("works", "有效"),
    "harms": Text("harms", "有害"),
    "no_effect": Text("no effect", "无效果"),
    "cannot_tell": Text("cannot tell yet", "尚不能判断"),
    "unbalanced": Text("arms unbalanced", "分组失衡"),
    "no_comparison": Text("no control arm", "无对照组"),
}

COST_VERDICTS = {
    "pays": Text("pays for itself", "收回成本"),
    "costs_more": Text("costs more than it brings", "花费高于收益"),
    "cannot_tell": Text("cannot tell whether it pays", "尚不能判断是否合算"),
}

RANKINGS = {
    "risk_times_value": Text("risk times value", "风险乘以价值"),
    "expected_effect": Text("value times expected effect", "价值乘以预期效果"),
}

METHODS = {
    "neighbours": Text("pieces like those they read", "相似内容"),
    "popularity": Text("popularity", "热门内容"),
}

DESK_METHODS = {
    "popularity": Text("how many questions they have answered", "已回答的提问数"),
    "recency": Text("how many questions they have answered lately", "近期已回答的提问数"),
    "topics": Text("how many questions on the same topics they have answered", "同话题已回答的提问数"),
}
"""By what members are named who could answer a question."""


def word(names: dict[str, Text], code: str | None) -> Text:
    """The name of a code, or the code itself."""
    return names.get(code or "", Text(code or "–", code or "–"))


def learner(code: str) -> Text:
    """A learner's name that says whether it is a baseline."""
    return word(LEARNERS, code) + (Text(" · baseline", " · 基线") if code in BASELINES else Text("", ""))


def figure(code: str) -> Text:
    """What a published figure is called that alerts and restatements watch."""
    return word(known.names_of("community_days", "revenue_months"), code)


def series(rule: str, code: str) -> Text:
    """A series that alerts watch: a figure of the community, or the rows of a log."""
    if rule == "deliveries":
        return Text("rows delivered: ", "送达行数：") + word(LOGS, code)
    return figure(code)


def log(code: str) -> Text:
    """A log's name, or the table name that it is; gate 2 judges what lies between logs under a name of its own."""
    return Text(BETWEEN_LOGS, "日志之间的规则") if code == BETWEEN_LOGS else word(LOGS, code)
