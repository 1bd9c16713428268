{{
    config(
        meta={'reach_days': 'lifetime'},
    )
}}

{#- First and last day of each window; day 0 is the first day of all. -#}
{%- set day_0 = 'newcomers.first_day' -%}
{%- set windows = {
    'week_1': (day_0, add_days(day_0, 6)),
    'week_2': (add_days(day_0, 7), add_days(day_0, 13)),
    'day_30': (add_days(day_0, 24), add_days(day_0, 30)),
} -%}
{%- for months in [1, 3, 6, 12] -%}
    {%- set first = 'newcomers.from_month_' ~ months -%}
    {%- do windows.update({'month_' ~ months: (first, add_days(first, horizon_days() - 1))}) -%}
{%- endfor %}

with

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

members as (
    select * from {{ ref('dim_members') }}
),

member_days as (
    select
        member_id,
        day
    from {{ ref('fct_member_days') }}
    where is_active
),

interaction_days as (
    select
        member_id,
        day,
        first_channel
    from {{ ref('int_interactions__member_days') }}
    where first_channel is not null
),

content as (
    select * from {{ ref('stg_lake__content') }}
),

replies as (
    select * from {{ ref('replies') }}
    where replied_to_id is not null
),

paid_terms as (
    select * from {{ ref('int_subscriptions__terms') }}
    where is_paid
),

withheld as (
    select * from {{ ref('held_out_days') }}
    where not keeps_earlier and log in {{ in_list(var('activity_logs')) }}
),

coverage as (
    select * from {{ ref('log_coverage') }}
),

build as (
    select through_day from {{ source('control', 'build') }}
),

collected as (
    select
        build.through_day,
        (select min(first_days.first_active_day) from first_days) as activity_from,
        (select count(*) > 0 from replies) as has_replies,
        bool_or(coverage.log = 'content' and coverage.is_collected) as has_content,
        min(coverage.first_log_day) filter (where coverage.log = 'subscriptions') as subscriptions_from
    from coverage
    cross join build
    group by build.through_day
),

-- Of those who came before the data began nobody knows how they began. Months are added once a member, not once a day.
newcomers as (
    select
        first_days.*,
        {% for months in [1, 3, 6, 12] %}
            {{ add_months('first_days.first_day', months) }} as from_month_{{ months }},
        {% endfor %}
        collected.through_day,
        collected.has_replies,
        collected.has_content,
        collected.subscriptions_from
    from first_days
    inner join collected on first_days.first_day between collected.activity_from and collected.through_day
    left join excluded_spans
        on
            first_days.member_id = excluded_spans.member_id
            and first_days.first_day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
),

activity as (
    select
        {% for name, (first, last) in windows.items() %}
            bool_or(member_days.day between {{ first }} and {{ last }}) as {{ name }},
        {% endfor %}
        newcomers.member_id
    from newcomers
    inner join member_days on newcomers.member_id = member_days.member_id
    group by newcomers.member_id
),

-- On a day whose delivery is withheld nobody knows who was active.
gaps as (
    select
        {% for name, (first, last) in windows.items() %}
            bool_or(withheld.day between {{ first }} and {{ last }}) as {{ name }},
        {% endfor %}
        newcomers.member_id
    from newcomers
    inner join withheld on newcomers.first_day <= withheld.day
    group by newcomers.member_id
),

pieces as (
    select
        content.author_id as member_id,
        min(content.published_at) as first_posted_at,
        min(content.published_day) as first_posted_day
    from content
    inner join build on content.published_day <= build.through_day
    where content.author_id is not null
    group by content.author_id
),

first_replies as (
    select
        replied_to_id as member_id,
        min(replied_at) as first_reply_at,
        min(day) as first_reply_day
    from replies
    group by replied_to_id
),

first_payments as (
    select
        member_id,
        min(counts_from) as first_paid_day
    from paid_terms
    group by member_id
),

-- Where the first act of the first active day was done; a logged one that names its channel before a piece.
channels as (
    select
        newcomers.member_id,
        coalesce(min(interaction_days.first_channel), min(content.channel)) as first_channel
    from newcomers
    left join interaction_days
        on newcomers.member_id = interaction_days.member_id and newcomers.first_active_day = interaction_days.day
    left join content
        on newcomers.member_id = content.author_id and newcomers.first_active_day = content.published_day
    where newcomers.first_active_day <= {{ add_days('newcomers.first_day', 6) }}
    group by newcomers.member_id
),

joined as (
    select
        newcomers.*,
        {% for name, (_, last) in windows.items() %}
            {{ last }} <= newcomers.through_day and not coalesce(gaps.{{ name }}, false) as knows_{{ name }},
            coalesce(activity.{{ name }}, false) as is_active_{{ name }},
        {% endfor %}
        members.referrer,
        channels.first_channel,
        pieces.first_posted_at,
        pieces.first_posted_day,
        first_replies.first_reply_at,
        first_replies.first_reply_day,
        first_payments.first_paid_day
    from newcomers
    left join members on newcomers.member_id = members.member_id
    left join activity on newcomers.member_id = activity.member_id
    left join gaps on newcomers.member_id = gaps.member_id
    left join channels on newcomers.member_id = channels.member_id
    left join pieces on newcomers.member_id = pieces.member_id
    left join first_replies on newcomers.member_id = first_replies.member_id
    left join first_payments on newcomers.member_id = first_payments.member_id
),

final as (
    select
        member_id,
        referrer,
        first_channel,
        case when knows_week_1 and joined_day is not null then is_active_week_1 end as has_acted,
        case
            when knows_week_1 and has_content
                then coalesce(first_posted_day <= {{ add_days('first_day', 6) }}, false)
        end as has_posted,
        case
            when knows_week_1 and has_replies then coalesce(first_reply_day <= {{ add_days('first_day', 6) }}, false)
        end as has_reply,
        case when knows_week_2 then is_active_week_2 end as is_back,
        case when knows_day_30 then is_active_day_30 end as is_active_on_day_30,
        case
            when {{ add_days('first_day', 30) }} <= through_day and subscriptions_from <= first_day
                then coalesce(first_paid_day <= {{ add_days('first_day', 30) }}, false)
        end as has_paid,
        {% for months in [1, 3, 6, 12] %}
            case when knows_month_{{ months }} then is_active_month_{{ months }} end as is_active_after_{{ months }}m,
        {% endfor %}
        case
            when first_posted_at <= first_reply_at
                then cast({{ seconds_between('first_posted_at', 'first_reply_at') }} as double) / 3600
        end as hours_to_first_reply,
        first_posted_at,
        first_reply_at,
        joined_day,
        first_active_day,
        first_paid_day,
        {{ month_of('first_day') }} as cohort_month,
        first_day
    from joined
)

select * from final
