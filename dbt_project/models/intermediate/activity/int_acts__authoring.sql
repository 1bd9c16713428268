{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='fail',
        meta={'reach_days': 'acts'},
    )
}}

with

acts as (
    select * from {{ ref('changed_interactions') }}
    where day in {{ days_to_build('acts') }}
),

final as (
    select distinct
        content_id,
        kind,
        day
    from acts
    where content_id is not null and kind in {{ in_list(var('authored_acts').values() | sum(start=[])) }}
)

select * from final
