{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        meta={'reach_days': 'window'},
    )
}}

-- Each member-day enters a window once and leaves it once; a running sum over these change points gives the score of
-- every day between them. No day is joined to the days before it.
with

{{ islands('window') }},

windows as (
    select w.window_days
    from (values ({{ engagement_windows() | join('), (') }})) as w (window_days)
),

member_days as (
    select * from {{ ref('fct_member_days') }}
    where is_active
),

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

in_reach as (
    select
        windows.window_days,
        islands.island_id,
        islands.first_day as island_first_day,
        islands.last_day as island_last_day,
        member_days.member_id,
        member_days.day,
        member_days.n_contents,
        member_days.n_interactions
    from islands
    cross join windows
    inner join member_days
        on member_days.day between {{ add_days('islands.first_day', '1 - windows.window_days') }} and islands.last_day
),

changes as (
    select
        window_days,
        island_id,
        island_last_day,
        member_id,
        greatest(day, island_first_day) as day,
        n_contents,
        n_interactions,
        1 as n_days
    from in_reach
    union all
    select
        window_days,
        island_id,
        island_last_day,
        member_id,
        {{ add_days('day', 'window_days') }} as day,
        -n_contents as n_contents,
        -n_interactions as n_interactions,
        -1 as n_days
    from in_reach
    where {{ add_days('day', 'window_days') }} <= island_last_day
),

-- The sums of a day take in all its changes, so of several changes on one day any will do: the last one's span reaches
-- to the next day with a change, the others' are empty.
spans as (
    select
        window_days,
        member_id,
        day as from_day,
        coalesce({{ add_days('lead(day) over member_changes', -1) }}, island_last_day) as to_day,
        cast(sum(n_contents) over member_changes as bigint) as contents,
        cast(sum(n_interactions) over member_changes as bigint) as interactions,
        cast(sum(n_days) over member_changes as bigint) as active_days
    from changes
    window member_changes as (partition by window_days, island_id, member_id order by day)
),

scored_days as (
    select
        spans.window_days,
        spans.member_id,
        spans.contents,
        spans.interactions,
        spans.active_days,
        first_days.first_day,
        {{ each_day('spans.from_day', 'spans.to_day') }} as day
    from spans
    inner join first_days on spans.member_id = first_days.member_id
    where spans.active_days > 0 and spans.from_day <= spans.to_day
),

observed as (
    select
        *,
        least(window_days, {{ days_since('day', 'first_day') }} + 1) as observed_days
    from scored_days
),

scored as (
    select
        *,
        cast(contents + interactions + active_days as double) / observed_days as engagement
    from observed
),

final as (
    select
        member_id,
        day,
        cast(window_days as integer) as window_days,
        contents,
        interactions,
        active_days,
        cast(observed_days as bigint) as observed_days,
        engagement,
        case
            when engagement >= {{ engagement_high() }} then 'high'
            when engagement >= {{ engagement_medium() }} then 'medium'
            else 'low'
        end as activity_level
    from scored
)

select * from final
