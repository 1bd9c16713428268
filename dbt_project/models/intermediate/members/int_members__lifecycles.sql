with

periods as (
    select * from {{ ref('int_calendar__periods') }}
),

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

state_spans as (
    select * from {{ ref('int_members__state_spans') }}
),

active_months as (
    select * from {{ ref('int_members__active_months') }}
),

stepped as (
    select
        member_id,
        day,
        last_active_day,
        first_active_day,
        returned_day,
        lag(last_active_day) over (partition by member_id order by day) as previous_active_day,
        lead(day) over (partition by member_id order by day) as next_month
    from active_months
),

-- A return inside the month is later than one at its first active day.
returns as (
    select
        *,
        coalesce(
            returned_day,
            case
                when {{ days_since('first_active_day', 'previous_active_day') }} > {{ horizon_days() }}
                    then first_active_day
            end
        ) as month_returned_day
    from stepped
),

activity as (
    select
        member_id,
        day,
        next_month,
        last_active_day,
        max(month_returned_day) over (partition by member_id order by day) as last_returned_day
    from returns
),

-- Who is bot or staff, or whose account is closed, is no member on that day.
members as (
    select
        first_days.member_id,
        first_days.first_day,
        state_spans.role,
        periods.period_month,
        periods.day
    from periods
    inner join first_days on periods.day >= first_days.first_day
    left join state_spans
        on
            first_days.member_id = state_spans.member_id
            and periods.day between state_spans.from_day and state_spans.to_day
    where
        coalesce(state_spans.role, 'member') not in {{ in_list(var('excluded_roles')) }}
        and coalesce(state_spans.status, 'active') not in {{ in_list(var('gone_statuses')) }}
),

counted as (
    select
        members.member_id,
        members.role,
        {{ days_since('members.day', 'members.first_day') }} as known_days,
        {{ days_since('members.day', 'coalesce(activity.last_active_day, members.first_day)') }} as silent_days,
        {{ days_since('members.day', 'activity.last_returned_day') }} as returned_days,
        members.day
    from members
    left join activity
        on
            members.member_id = activity.member_id
            and members.period_month >= activity.day
            and (activity.next_month is null or members.period_month < activity.next_month)
),

final as (
    select
        member_id,
        role,
        {{ lifecycle('known_days', 'silent_days', 'returned_days') }} as lifecycle,
        silent_days,
        day
    from counted
)

select * from final
