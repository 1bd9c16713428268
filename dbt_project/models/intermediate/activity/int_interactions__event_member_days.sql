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
    where event_id is not null and day in {{ days_to_build('interactions') }}
),

final as (
    select
        event_id,
        member_id,
        cast(count(*) as bigint) as n_interactions,
        cast(count(*) filter (where kind in {{ attending_interactions() }}) as bigint) as n_attending_interactions,
        day
    from interactions
    where kind not in {{ in_list(var('read_kinds')) }}
    group by event_id, member_id, day
)

select * from final
