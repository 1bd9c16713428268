{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='fail',
        meta={'reach_days': 'interactions'},
    )
}}

-- Under the id that was delivered: who is one person may be known otherwise on another as-of day.
with

changed_days as (
    select day from {{ days_to_build('interactions') }}
),

manifest as (
    select * from {{ source('control', 'manifest') }}
),

-- The parts to open: without this list every file of the log's history would be.
changed_parts as (
    select distinct manifest.log_day
    from manifest
    inner join changed_days on manifest.event_day = changed_days.day
    where manifest.log = 'interactions'
),

changed as (
    select interactions.*
    from {{ source('lake', 'interactions') }} as interactions
    where
        interactions.log_day in (select changed_parts.log_day from changed_parts)
        and interactions.event_day in (select changed_days.day from changed_days)
),

versions as (
    {{ known_versions('changed', ['interaction_id', 'event_day']) }}
),

final as (
    select
        member_id,
        kind,
        content_id,
        event_id,
        channel,
        target_member_id,
        known_from,
        known_to,
        event_day as day
    from versions
    where op = 'upsert'
)

select * from final
