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
    select distinct
        content_id,
        kind,
        day
    from interactions
    where content_id is not null and kind in {{ in_list(var('authored_interactions').values() | sum(start=[])) }}
)

select * from final
