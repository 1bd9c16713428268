-- No step of an event's funnel is larger than the one before it, and none is larger than the plain count of its step.
with

events as (
    select * from {{ ref('event_performance') }}
)

select
    event_id,
    starts_day
from events
where
    funnel_registered > coalesce(funnel_invited, funnel_registered)
    or funnel_attended > funnel_registered
    or funnel_gave_feedback > funnel_attended
    or funnel_active_within_7_days > funnel_gave_feedback
    or funnel_registered > n_registered
    or funnel_attended > n_attended
    or funnel_gave_feedback > n_gave_feedback
    or funnel_active_within_7_days > n_active_within_7_days
    or n_attended + n_no_show > n_registered
