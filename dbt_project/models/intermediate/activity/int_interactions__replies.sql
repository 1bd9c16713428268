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
    where interaction_id is not null and day in {{ days_to_build('interactions') }}
),

final as (
    select
        source,
        interaction_id,
        kind,
        member_id,
        target_member_id,
        content_id,
        channel,
        occurred_at,
        day
    from interactions
    where member_id is not null
)

select * from final
