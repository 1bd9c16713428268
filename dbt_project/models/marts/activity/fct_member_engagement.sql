{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        meta={'reach_days': 'window'},
    )
}}

{#- The three sums of a window are parts of one number, days below interactions below contents: 366 days at most, 2^31
    interactions (800 a second for a month) and 2^22 contents of a member in one window fit. -#}
{%- set interaction, content = 1024, 1024 * 2147483648 %}

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

-- Whole numbers are sorted faster than text; they are told apart within this run alone.
members as (
    select
        member_id,
        first_day,
        cast(row_number() over (order by member_id) as integer) as member_key
    from {{ ref('int_members__first_days') }}
),

in_reach as (
    select
        windows.window_days,
        islands.island_id,
        islands.first_day as island_first_day,
        islands.last_day as island_last_day,
        members.member_key,
        member_days.day,
        member_days.n_contents * {{ content }} + member_days.n_interactions * {{ interaction }} + 1 as parts
    from islands
    cross join windows
    inner join member_days
        on member_days.day between {{ add_days('islands.first_day', '1 - windows.window_days') }} and islands.last_day
    inner join members on member_days.member_id = members.member_id
),

changes as (
    select
        window_days,
        island_id,
        island_last_day,
        member_key,
        greatest(day, island_first_day) as day,
        parts
    from in_reach
    union all
    select
        window_days,
        island_id,
        island_last_day,
        member_key,
        {{ add_days('day', 'window_days') }} as day,
        -parts as parts
    from in_reach
    where {{ add_days('day', 'window_days') }} <= island_last_day
),

-- The sums of a day take in all its changes, so of several changes on one day any will do: the last one's span reaches
-- to the next day with a change, the others' are empty.
spans as (
    select
        window_days,
        member_key,
        day as from_day,
        coalesce({{ add_days('lead(day) over member_changes', -1) }}, island_last_day) as to_day,
        cast(sum(parts) over member_changes as bigint) as parts
    from changes
    window member_changes as (partition by window_days, island_id, member_key order by day)
),

scored_days as (
    select
        spans.window_days,
        members.member_id,
        members.first_day,
        {{ times_in(content, 'spans.parts') }} as contents,
        {{ times_in(interaction, 'spans.parts') }} % {{ content // interaction }} as interactions,
        spans.parts % {{ interaction }} as active_days,
        {{ each_day('spans.from_day', 'spans.to_day') }} as day
    from spans
    inner join members on spans.member_key = members.member_key
    where spans.parts > 0 and spans.from_day <= spans.to_day
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
            when engagement >= {{ double(engagement_high()) }} then 'high'
            when engagement >= {{ double(engagement_medium()) }} then 'medium'
            else 'low'
        end as activity_level
    from scored
)

select * from final
