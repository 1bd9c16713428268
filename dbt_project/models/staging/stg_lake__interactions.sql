-- Only the days whose delivered rows changed since the last completed run: the log is large, and its acts never move in
-- time.
with

changed_days as (
    select day from {{ ref('changed_act_days') }}
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
    select acts.*
    from {{ source('lake', 'interactions') }} as acts
    where
        acts.log_day in (select changed_parts.log_day from changed_parts)
        and acts.event_day in (select changed_days.day from changed_days)
),

latest as (
    select
        *,
        row_number() over (
            partition by event_day, source, interaction_id
            order by source_seq desc nulls last, log_day desc, hash(changed) desc
        ) as version_rank
    from changed
),

final as (
    select
        source,
        interaction_id,
        occurred_at,
        kind,
        member_id,
        content_id,
        event_id,
        target_member_id,
        channel,
        duration_s,
        value,
        event_day as day,
        log_day
    from latest
    where version_rank = 1 and op = 'upsert'
)

select * from final
