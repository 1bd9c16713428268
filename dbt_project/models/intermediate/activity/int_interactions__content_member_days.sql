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
    where content_id is not null and day in {{ days_to_build('interactions') }}
),

final as (
    select
        content_id,
        member_id,
        cast(count(*) filter (where kind not in {{ in_list(var('read_kinds')) }}) as bigint) as n_interactions,
        cast(count(*) filter (where kind in {{ in_list(var('read_kinds')) }}) as bigint) as n_reads,
        cast(count(*) filter (where kind = 'complete') as bigint) as n_completions,
        min(occurred_at) filter (where kind in {{ in_list(var('read_kinds')) }}) as first_read_at,
        day
    from interactions
    where kind not in {{ in_list(var('authored_interactions').values() | sum(start=[])) }}
    group by content_id, member_id, day
)

select * from final
