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
    select
        member_id,
        kind,
        {{ local_hour('occurred_at') }} as hour,
        day
    from {{ ref('changed_interactions') }}
    where day in {{ days_to_build('interactions') }}
),

final as (
    select
        member_id,
        cast(hour as bigint) as hour,
        cast(count(*) filter (where kind not in {{ in_list(var('read_kinds')) }}) as bigint) as n_interactions,
        cast(count(*) filter (where kind in {{ in_list(var('read_kinds')) }}) as bigint) as n_reads,
        day
    from interactions
    group by member_id, hour, day
)

select * from final
