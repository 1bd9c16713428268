-- What the marts of a day are made from, as one checksum per part and day; compared with the last completed run.
with

manifest as (
    select * from {{ source('control', 'manifest') }}
    where log = 'interactions' and event_day is not null
),

authored as (
    select * from {{ ref('int_content__member_days') }}
),

spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

act_days as (
    select * from {{ ref('int_acts__member_days') }}
),

interactions as (
    select
        'interactions' as part,
        event_day as day,
        cast(sum(checksum) as decimal(38, 0)) as checksum
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

member_days as (
    select
        member_id,
        day
    from act_days
    union
    select
        member_id,
        day
    from authored
),

-- Excluded roles touch only the days on which such a member did something.
excluded as (
    select
        'roles' as part,
        member_days.day,
        {{ checksum(['member_days.member_id']) }} as checksum
    from member_days
    inner join spans
        on
            member_days.member_id = spans.member_id
            and member_days.day between spans.from_day and spans.to_day
    group by member_days.day
),

final as (
    select * from interactions
    union all
    select * from content
    union all
    select * from excluded
)

select * from final
