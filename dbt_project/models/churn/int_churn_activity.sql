-- Sums are of whole numbers, the weights in trillionths: they are exact, so their order can't change the last digit.
--
-- A member's active days are one list, of which each as-of day sees the days up to itself. Only a day that became known
-- after an as-of day which could have seen it, or ceased to be, is looked up for each as-of day.
{% set numbers = [('day_number', 'day'), ('from_number', 'countable_from'), ('to_number', 'known_to')] %}

with

feature_days as (
    select
        as_of_day,
        row_number() over (order by as_of_day) as as_of_number
    from (select distinct as_of_day from {{ source('control', 'feature_days') }}) as asked
),

bounds as (
    select
        min(as_of_day) as first_day,
        max(as_of_day) as last_day,
        count(*) as n_days
    from feature_days
),

calendar as (
    select {{ each_day('first_day', 'last_day') }} as day
    from bounds
),

-- The number of the first as-of day that is not before a day.
numbered_days as (
    select
        calendar.day,
        min(feature_days.as_of_number) as as_of_number
    from calendar
    inner join feature_days on calendar.day <= feature_days.as_of_day
    group by calendar.day
),

members as (
    select
        eligible.member_id,
        eligible.as_of_day,
        feature_days.as_of_number
    from {{ ref('int_churn_members') }} as eligible
    inner join feature_days on eligible.as_of_day = feature_days.as_of_day
    where eligible.is_active or eligible.is_due
),

known_days as (
    select
        *,
        greatest(day, known_from) as countable_from
    from {{ ref('int_churn_known_days') }}
    where n_contents + n_interactions > 0 and member_id in (select members.member_id from members)
),

numbered as (
    select
        known_days.member_id,
        {% for number, column in numbers %}
            case
                when known_days.{{ column }} <= bounds.first_day then cast(1 as bigint)
                when known_days.{{ column }} > bounds.last_day then bounds.n_days + 1
                else {{ number }}s.as_of_number
            end as {{ number }},
        {% endfor %}
        known_days.day
    from known_days
    cross join bounds
    {% for number, column in numbers %}
        left join numbered_days as {{ number }}s on known_days.{{ column }} = {{ number }}s.day
    {% endfor %}
),

seen as (
    select
        numbered.*,
        numbered.from_number = numbered.day_number and numbered.to_number > bounds.n_days as is_plain
    from numbered
    cross join bounds
    where numbered.from_number < numbered.to_number
),

plain as (
    select
        member_id,
        {{ in_order('day') }} as plain_days
    from seen
    where is_plain
    group by member_id
),

revised as (
    select
        member_id,
        {{ each_number('from_number', 'to_number') }} as as_of_number,
        day
    from seen
    where not is_plain
),

revised_lists as (
    select
        member_id,
        as_of_number,
        {{ in_order('day') }} as revised_days
    from revised
    group by member_id, as_of_number
),

histories as (
    select
        members.member_id,
        members.as_of_day,
        {{ joined_in_order(
            days_until('plain.plain_days', 'members.as_of_day'), 'revised_lists.revised_days'
        ) }} as told_days
    from members
    left join plain on members.member_id = plain.member_id
    left join revised_lists
        on members.member_id = revised_lists.member_id and members.as_of_number = revised_lists.as_of_number
),

-- A day may be told by several ids of a person, and by several logs.
active as (
    select
        member_id,
        as_of_day,
        {{ without_repeats('told_days') }} as active_days
    from histories
),

rhythms as (
    select
        member_id,
        as_of_day,
        active_days,
        {{ gaps_between('active_days') }} as gaps,
        {{ days_since('as_of_day', last_of('active_days')) }} as days_since_active
    from active
    where {{ count_of('active_days') }} > 0
),

compared as (
    select
        *,
        {{ count_of('gaps') }} as n_gaps,
        {{ sum_of('gaps', 'one') }} as gap_days,
        {{ sum_of('gaps', 'one * one') }} as squared_gap_days,
        {{ count_above('gaps', 'days_since_active') }} as absences_as_long,
        {{ count_above('gaps', 'days_since_active + ' ~ horizon_days()) }} as longer_absences
    from rhythms
),

window_days as (
    {{ days_before_features(84) }}
),

recent as (
    select
        members.member_id,
        members.as_of_day,
        {{ days_since('members.as_of_day', 'known_days.day') }} as age,
        known_days.n_contents,
        known_days.n_contents + known_days.n_interactions as n_acts,
        known_days.n_replies,
        known_days.n_starts
    from members
    inner join known_days
        on
            members.member_id = known_days.member_id
            and members.as_of_day >= known_days.day
            and known_days.day > {{ add_days('members.as_of_day', -84) }}
            and members.as_of_day >= known_days.known_from
            and members.as_of_day < known_days.known_to
    where known_days.day in (select window_days.day from window_days)
),

volumes as (
    select
        member_id,
        as_of_day,
        count(distinct cast(floor(age / 7e0) as bigint)) as active_weeks_12,
        sum(n_acts) filter (where age < 30) as acts_30,
        sum(n_acts) filter (where age between 30 and 59) as acts_before_30,
        sum(n_contents) filter (where age < 30) as contents_30,
        sum(n_replies) filter (where age < 30) as replies_30,
        sum(n_starts) filter (where age < 30) as starts_30
    from recent
    group by member_id, as_of_day
),

final as (
    select
        compared.member_id,
        compared.as_of_day,
        {{ first_of('compared.active_days') }} as first_active_day,
        compared.days_since_active,
        {% for n in [7, 30, 90] %}
            {{ sum_of(
                'compared.active_days', 'round(exp(-' ~ days_since('compared.as_of_day', 'one') ~ ' / ' ~ n ~ 'e0) * 1e12)'
            ) }} / 1e12 as decayed_{{ n }},
        {% endfor %}
        {% for n in [7, 30, 90, 365] %}
            {{ count_above('compared.active_days', add_days('compared.as_of_day', -n)) }} as active_days_{{ n }},
        {% endfor %}
        {{ count_above('compared.active_days', add_days('compared.as_of_day', -60)) }}
        - {{ count_above('compared.active_days', add_days('compared.as_of_day', -30)) }} as active_days_before_30,
        {{ count_of('compared.active_days') }} as active_days_all,
        coalesce(volumes.active_weeks_12, 0) as active_weeks_12,
        {{ median_of('compared.gaps') }} as median_gap,
        compared.gap_days / cast(nullif(compared.n_gaps, 0) as double) as mean_gap,
        sqrt(
            (compared.n_gaps * compared.squared_gap_days - compared.gap_days * compared.gap_days)
            / cast(nullif(compared.n_gaps * (compared.n_gaps - 1), 0) as double)
        ) as sd_gap,
        {% for count in ['acts_30', 'acts_before_30', 'contents_30', 'replies_30', 'starts_30'] %}
            cast(coalesce(volumes.{{ count }}, 0) as bigint) as {{ count }},
        {% endfor %}
        compared.absences_as_long,
        case when compared.absences_as_long > 0 then compared.longer_absences end as absences_to_churn
    from compared
    left join volumes on compared.member_id = volumes.member_id and compared.as_of_day = volumes.as_of_day
)

select * from final
