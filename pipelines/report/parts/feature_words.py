"""What the churn model looks at, in words: the groups that become reasons, and each feature that can drift."""

from __future__ import annotations

from pipelines.report.parts.text import Text

GROUPS = {
    "recency": Text("how long they have been away, by their own rhythm", "离开多久（对照自己的节奏）"),
    "activity": Text("on how many days they are active", "活跃天数"),
    "trend": Text("more or less active than the month before", "比前一个月更多或更少活跃"),
    "volume": Text("what they write and take part in", "发言与参与"),
    "reading": Text("what they read", "阅读"),
    "ties": Text("responses and contacts", "收到的回应与交流对象"),
    "waiting": Text("own questions that wait for an answer", "自己的提问尚无回答"),
    "events": Text("events they sign up for and attend", "报名与参加活动"),
    "payment": Text("what and how they pay", "付费情况"),
}
"""Group of the model's features -> what a reason of it is about."""

FEATURES = {
    "days_since_active": Text("days since the last activity", "距上次活跃的天数"),
    "recency_per_gap": Text("time away, in usual breaks", "离开时间与平常间隔之比"),
    "median_gap": Text("the usual break between active days", "活跃日之间的通常间隔"),
    "mean_gap": Text("the mean break between active days", "活跃日之间的平均间隔"),
    "sd_gap": Text("how irregular the breaks are", "间隔的不规律程度"),
    "absences_as_long": Text("earlier absences as long as this one", "此前同样久的缺席次数"),
    "absences_to_churn": Text("earlier absences that turned into inactivity", "此前变为不活跃的缺席次数"),
    "decayed_7": Text("recent activity, by weeks", "近期活跃度（按周衰减）"),
    "decayed_30": Text("recent activity, by months", "近期活跃度（按月衰减）"),
    "decayed_90": Text("recent activity, by quarters", "近期活跃度（按季衰减）"),
    "active_days_7": Text("active days of the last 7", "最近 7 天的活跃天数"),
    "active_days_30": Text("active days of the last 30", "最近 30 天的活跃天数"),
    "active_days_90": Text("active days of the last 90", "最近 90 天的活跃天数"),
    "active_days_365": Text("active days of the last year", "最近一年的活跃天数"),
    "active_days_all": Text("active days since joining", "加入以来的活跃天数"),
    "active_weeks_12": Text("active weeks of the last 12", "最近 12 周的活跃周数"),
    "active_day_share": Text("the share of days on which they are active", "活跃天数占比"),
    "tenure_days": Text("days since joining", "加入天数"),
    "is_first_month": Text("how many are in their first month", "处于首月的成员"),
    "acts_trend": Text("interactions against the month before", "互动量与前一个月之比"),
    "active_days_trend": Text("active days against the month before", "活跃天数与前一个月之比"),
    "acts_30": Text("interactions of the last 30 days", "最近 30 天的互动次数"),
    "contents_30": Text("pieces published in the last 30 days", "最近 30 天发布的内容数"),
    "replies_30": Text("replies of the last 30 days", "最近 30 天的回复次数"),
    "starts_30": Text("threads started in the last 30 days", "最近 30 天发起的话题数"),
    "started_share_30": Text("the share of own posts that start a thread", "发言中发起话题的占比"),
    "threads_30": Text("threads taken part in, last 30 days", "最近 30 天参与的话题数"),
    "channels_30": Text("channels taken part in, last 30 days", "最近 30 天参与的频道数"),
    "reads_30": Text("reads of the last 30 days", "最近 30 天的阅读次数"),
    "read_days_30": Text("days with reads of the last 30", "最近 30 天的阅读天数"),
    "responses_30": Text("responses got in 30 days", "最近 30 天收到的回应"),
    "responses_180": Text("responses got in 180 days", "最近 180 天收到的回应"),
    "partners_180": Text("members in touch with, 180 days", "最近 180 天有交流的成员数"),
    "question_waiting_days_90": Text("how long own questions have waited", "自己的提问已等待的天数"),
    "questions_waiting_90": Text("own questions without an answer", "自己未获回答的提问数"),
    "events_registered_365": Text("events registered for in a year", "一年内报名的活动数"),
    "events_cancelled_365": Text("events cancelled in a year", "一年内取消的活动数"),
    "events_attended_365": Text("events attended in a year", "一年内参加的活动数"),
    "event_attended_share_365": Text("the share of wanted events attended", "想参加的活动中到场的占比"),
    "is_payer": Text("how many pay", "付费的成员"),
    "days_to_term_end": Text("days to the end of the paid term", "距付费期结束的天数"),
    "term_number": Text("the number of the paid term", "第几个付费期"),
    "is_auto_renewing": Text("how many renew automatically", "开启自动续费的成员"),
    "payment_failures_180": Text("failed payments in 180 days", "最近 180 天支付失败次数"),
    "discount_share": Text("the discount they pay with", "享受的折扣"),
}
"""Feature -> what it measures; those that are the same for all members of a day can't drift and have no words here."""
