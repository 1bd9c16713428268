-- What the marts of a day are made from, as one checksum per part and day; compared with the last completed run.
with

manifest as (
    select * from {{ source('control', 'manifest') }}
    where log = 'interactions' and event_day is not null
),

waiting as (
    select * from {{ ref('held_out_days') }}
    where not keeps_earlier
),

authored as (
    select * from {{ ref('int_content__member_days') }}
),

event_interactions as (
    select * from {{ ref('int_events__member_days') }}
),

interactions as (
    select
        'interactions' as part,
        event_day as day,
        {{ delivered_checksum() }} as checksum
    from manifest
    group by event_day
),

content as (
    select
        'content' as part,
        day,
        {{ checksum(['member_id', 'n_contents', 'n_asks', 'n_answers', 'n_comments']) }} as checksum
    from authored
    group by day
),

events as (
    select
        'events' as part,
        day,
        {{ checksum(['member_id', 'n_event_acts']) }} as checksum
    from event_interactions
    group by day
),

-- A day is another one once what was withheld is accepted, even if nothing of it counts.
withheld as (
    select
        'held_out' as part,
        day,
        {{ checksum(['log']) }} as checksum
    from waiting
    group by day
),

final as (
    select * from interactions
    union all
    select * from content
    union all
    select * from events
    union all
    select * from withheld
)

select * from final
