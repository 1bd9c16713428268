{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='fail',
        meta={'reach_days': 'interactions'},
    )
}}

with

interactions as (
    select * from {{ ref('changed_interactions') }}
    where day in {{ days_to_build('interactions') }}
),

final as (
    select
        member_id,
        cast(count(*) filter (where kind not in {{ in_list(var('read_kinds')) }}) as bigint) as n_interactions,
        cast(count(*) filter (where kind in {{ in_list(var('read_kinds')) }}) as bigint) as n_reads,
        cast(count(*) filter (where kind = 'ask') as bigint) as n_asks,
        cast(count(*) filter (where kind = 'answer') as bigint) as n_answers,
        cast(count(*) filter (where kind in ('comment', 'reply')) as bigint) as n_comments,
        cast(count(*) filter (where kind in ('join_live', 'chat_live')) as bigint) as n_live_acts,
        cast(
            bit_or(
                {% for one in var('need_interactions') %}
                    case when kind in {{ in_list(one.interactions) }} then {{ 2 ** loop.index0 }} else 0 end
                    {{ '+' if not loop.last }}
                {% endfor %}
            ) as integer
        ) as needs,
        {{ earliest('channel', 'occurred_at', "channel is not null and kind not in " ~ in_list(var('read_kinds'))) }}
            as first_channel,
        day
    from interactions
    group by member_id, day
)

select * from final
