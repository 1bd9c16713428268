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

{{ interaction_versions(days_to_build('interactions')) }},

versions as (
    {{ known_versions('changed', ['interaction_id', 'event_day'], 'interactions') }}
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
