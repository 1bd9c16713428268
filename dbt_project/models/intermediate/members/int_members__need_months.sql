{% set needs = var('need_interactions') | map(attribute='need') | list %}
{% set authored_columns = {'ask': 'n_asks', 'answer': 'n_answers', 'comment': 'n_comments'} %}

{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='fail',
        meta={'reach_days': 'months'},
    )
}}

with

months as (
    select day from {{ days_to_build('months') }}
),

month_days as (
    select
        day as activity_month,
        {{ each_day('day', 'last_day(day)') }} as day
    from months
),

interaction_days as (
    select * from {{ ref('int_interactions__member_days') }}
    where member_id is not null
),

authored_days as (
    select * from {{ ref('int_content__member_days') }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

unioned as (
    select
        member_id,
        {% for need in needs %}
            {{ times_in(2 ** loop.index0, 'needs') }} % 2 = 1 as has_{{ need }},
        {% endfor %}
        day
    from interaction_days
    union all
    select
        member_id,
        {% for one in var('need_interactions') %}
            false
            {% for kind, column in authored_columns.items() if kind in one.interactions %}
                or {{ column }} > 0
            {% endfor %}
                as has_{{ one.need }},
        {% endfor %}
        day
    from authored_days
),

-- An interaction and a piece of one day are two rows but one day.
member_days as (
    select
        unioned.member_id,
        month_days.activity_month,
        {% for need in needs %}
            bool_or(unioned.has_{{ need }}) as has_{{ need }},
        {% endfor %}
        unioned.day
    from month_days
    inner join unioned on month_days.day = unioned.day
    left join excluded_spans
        on
            unioned.member_id = excluded_spans.member_id
            and unioned.day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
    group by unioned.member_id, month_days.activity_month, unioned.day
),

final as (
    select
        member_id,
        {% for need in needs %}
            cast(count(*) filter (where has_{{ need }}) as bigint) as n_{{ need }}_days,
        {% endfor %}
        activity_month as day
    from member_days
    group by member_id, activity_month
)

select * from final
