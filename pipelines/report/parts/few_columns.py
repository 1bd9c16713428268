"""Which columns of the pages' queries count members, and which are computed from such counts. Names only."""

from __future__ import annotations

PERSON = "member_id"
"""Column of rows that are about one member each."""
NAMED = (
    "asker_id", "asker_name", "asker_url", "author_id", "host_id", "target_member_id", "target_member_name",
    "target_member_url", "first_responder_id", "examples",
)  # fmt: skip
"""Columns that name a member, or may, in rows about something else."""
UNTOLD = ("card",)
"""Columns that no file of rows has: a model's card holds the features of single members."""

COUNTS = frozenset(
    {
        "n_members", "n_gone", "n_active", "n_active_members", "cohort_size", "dau", "wau", "mau", "mean_dau",
        "new_members", "resurrected_members", "lost_members", "joined_members", "n_silent",
        "n_members_for_half", "n_contributors", "n_scored", "n_high", "n_medium", "n_low", "expected_churners", "n",
        "n_at_ends", "n_assigned_treated", "n_assigned_held_out", "n_in_both_arms", "n_treated", "n_held_out",
        "n_reached_treated", "n_reached_held_out", "n_done", "n_hits", "n_payers", "n_payers_start", "n_payers_end",
        "n_new", "n_expanded", "n_reactivated", "n_contracted", "n_churned", "n_due", "n_renewed", "n_voluntary",
        "n_payment_failure", "n_refunded", "n_expired", "n_other", "n_inactive", "n_lapsed", "n_both", "n_neither",
        "n_inactive_still_paying", "n_lapsed_still_active", "n_inactive_not_payer", "n_kept_not_payer",
        "n_lapsed_not_active", "n_kept_not_active", "n_unique_readers", "n_interactors", "n_feedback", "n_scores",
        "n_invited", "n_registered", "n_cancelled", "n_attended", "n_no_show", "n_gave_feedback",
        "n_active_within_7_days", "funnel_invited", "funnel_registered", "funnel_attended", "funnel_gave_feedback",
        "funnel_active_within_7_days", "n_participants", "n_csat", "n_nps", "n_regulars_before", "n_regulars_returned",
        "n_terms_due", "n_terms_failed", "n_payments", "n_fewest", "n_paid_back",
        "n_buyers", "n_first_buyers", "n_purchases", "n_purchases_before", "n_purchases_after", "n_sold", "n_finished",
        "n_readers", "n_readers_30d", "n_readers_bought_30d", "n_topic_readers_30d", "n_topic_readers_bought_30d",
        "n_after_attended", "n_after_no_show", "n_issued", "n_redeemed", "n_uses", "n_bought_treated",
        "n_bought_held_out", "n_observed", "n_reached", "n_not_invited", "n_came_again",
        "n_raised", "n_lowered", "n_mrr_churned", "n_lapsed_with_mrr", "n_mrr_churned_not_lapsed",
    }
)  # fmt: skip
"""Columns that count members, or what each member does once: answers to a survey, registrations, scores."""

OTHER_NUMBERS = frozenset(
    {
        "n_log_days", "n_rows", "n_broken", "n_recent", "n_waiting_rows", "lag_days", "n_checks", "n_failed",
        "n_warned", "n_waived",
        "n_missing", "n_weeks",
        "n_contents", "n_interactions", "n_active_days", "age_months", "window_days", "least_interactions",
        "most_interactions", "weekday", "n_days", "n_asks", "n_answers", "n_comments", "n_reactions", "n_live_acts",
        "n_reads", "n_contributions", "n_cut_offs", "n_suggested", "n_compared", "n_questions", "n_responded",
        "n_judged", "n_answered_within_7_days", "n_resolved", "n_dated_before", "n_pieces", "n_pieces_before",
        "n_published", "half_life_days", "n_events", "n_counted", "bin", "n_days_after", "n_alarms_after",
        "n_days_judged", "n_alarms", "n_days_judged_90", "n_alarms_90", "n_right_90", "n_open_90", "n_files",
        "delivered", "accepted", "quarantined", "n_ahead", "n_rejected", "n_files_off", "bytes", "n_names",
        "since_version", "version",
        "least_count", "hour", "capacity", "n_days_before", "points_issued",
        "points_spent", "n_above", "n_below", "price_minor", "old_price_minor", "new_price_minor",
    }
)  # fmt: skip
"""Columns of whole numbers that count no members."""

OF_COUNTS = {
    "arpu_minor", "ltv_low_minor", "ltv_high_minor", "mrr_start_minor", "mrr_end_minor", "mrr_new_minor",
    "mrr_expansion_minor", "mrr_reactivation_minor", "mrr_contraction_minor", "mrr_churn_minor", "cost_minor",
    "payments_in_minor", "refunds_minor", "fees_minor", "due_minor", "due_mrr_minor", "failed_minor",
    "received_minor", "least_received_minor", "most_received_minor", "paid_back_minor",
    "gross_minor", "refund_minor", "fee_minor", "discount_minor", "net_minor", "result_minor", "all_net_minor",
    "subscription_net_minor", "content_net_minor", "event_net_minor", "other_net_minor", "single_gross_minor",
    "single_refund_minor", "amount_minor",
}  # fmt: skip
"""Amounts in whole numbers that few members may have paid or cost."""

_START, _END = ("n_payers_start",), ("n_payers_end",)
_LOSS = ("n_payers_start", "n_churned")
_ARMS = ("n_treated", "n_held_out")
BASES: dict[str, tuple[str, ...]] = {
    "mrr_start_minor": _START,
    "mrr_end_minor": _END,
    "arpu_minor": _END,
    "mrr_new_minor": ("n_new",),
    "mrr_expansion_minor": ("n_expanded",),
    "mrr_reactivation_minor": ("n_reactivated",),
    "mrr_contraction_minor": ("n_contracted",),
    "mrr_churn_minor": ("n_churned",),
    "gross_churn_rate": _LOSS,
    "net_churn_rate": _LOSS,
    "quick_ratio": _LOSS,
    "payer_churn_rate": _LOSS,
    "payer_churn_rate_low": _LOSS,
    "payer_churn_rate_high": _LOSS,
    "ltv_low_minor": _LOSS,
    "ltv_high_minor": _LOSS,
    "payments_in_minor": _END,
    "refunds_minor": _END,
    "fees_minor": _END,
    "cost_minor": ("n_done",),
    "due_minor": ("n_terms_due",),
    "due_mrr_minor": ("n_terms_due",),
    "share_due": ("n_terms_due",),
    "failed_minor": ("n_terms_failed",),
    "amount_minor": ("n_payers",),
    "received_minor": ("n_payers", "n_fewest"),
    "least_received_minor": ("n_payers", "n_fewest"),
    "most_received_minor": ("n_payers", "n_fewest"),
    "paid_back_minor": ("n_paid_back",),
    "renewal_rate": ("n_due", "n_renewed"),
    "inactivity_rate": ("n_active", "n_inactive"),
    "lapse_rate": ("n_payers", "n_lapsed"),
    "rate_treated": ("n_treated",),
    "rate_held_out": ("n_held_out",),
    "effect": _ARMS,
    "effect_low": _ARMS,
    "effect_high": _ARMS,
    "show_up_rate": ("n_registered", "n_attended"),
    "show_up_low": ("n_registered", "n_attended"),
    "show_up_high": ("n_registered", "n_attended"),
    "response_rate": ("n_attended", "n_gave_feedback"),
    "repeat_rate": ("n_attended",),
    "csat": ("n_csat",),
    "csat_low": ("n_csat",),
    "csat_high": ("n_csat",),
    "nps": ("n_nps",),
    "nps_low": ("n_nps",),
    "nps_high": ("n_nps",),
    "mean_score": ("n_scores",),
    "n_interactions": ("n_members",),
}
"""Number -> the counts of its row that it is computed from. What is not named here hangs on all counts of its row."""

SHARES = {
    "share_active": "cohort_size",
    "payer_churn_rate": "n_payers_start",
    "renewal_rate": "n_due",
    "inactivity_rate": "n_active",
    "lapse_rate": "n_payers",
    "rate_treated": "n_treated",
    "rate_held_out": "n_held_out",
    "show_up_rate": "n_registered",
    "response_rate": "n_attended",
    "repeat_rate": "n_attended",
    "csat": "n_csat",
    "observed_rate": "n",
    "share_of_active": "n_active_members",
    "refund_rate": "n_buyers",
    "share_reached": "n_observed",
    "share_of_n": "n",
    "completion_rate": "n_buyers",
    "readers_bought_30d": "n_readers_30d",
    "topic_readers_bought_30d": "n_topic_readers_30d",
}
"""Share -> the count that it is a share of: neither the part nor the rest may be a small count."""

FOLLOWERS = {
    "show_up_rate": ("show_up_low", "show_up_high"),
    "csat": ("csat_low", "csat_high"),
    "payer_churn_rate": ("payer_churn_rate_low", "payer_churn_rate_high"),
    "refund_rate": ("refund_rate_low", "refund_rate_high"),
    "completion_rate": ("completion_rate_low", "completion_rate_high"),
    "readers_bought_30d": ("readers_bought_30d_low", "readers_bought_30d_high"),
    "topic_readers_bought_30d": ("topic_readers_bought_30d_low", "topic_readers_bought_30d_high"),
    "rate_treated": ("effect", "effect_low", "effect_high"),
    "rate_held_out": ("effect", "effect_low", "effect_high"),
}
"""Share -> what would tell it: the ends of its interval, and its difference to another one."""

STEPS = (
    "mrr_new_minor", "mrr_expansion_minor", "mrr_reactivation_minor", "mrr_contraction_minor", "mrr_churn_minor",
)  # fmt: skip
"""Amounts of a row that add up to the difference of two others."""
BIN = "least_interactions"
"""Column of rows whose ``n_interactions`` add up to a sum that other charts show."""

KEYS = ("measure", "series", "metric")
"""Columns that say which figure a row is about."""
VALUES = (
    "amount", "week_before", "lowest", "highest", "last_28_days", "value", "baseline", "band_low", "band_high",
    "old_value", "new_value", "published",
)  # fmt: skip
"""Columns with the values of that figure."""


def is_share(name: str) -> bool:
    """Whether a column is a share of a count of its row."""
    return name in SHARES or name.startswith("share_") or name.endswith("_rate")
