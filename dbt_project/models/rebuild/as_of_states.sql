-- What as-of days depend on beside the member-days near them: when each member was first seen and joined. A joining
-- counts by the role of its day, so one that a role leaves out is left out here too.
with

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

first_seen as (
    select
        'first_seen' as part,
        first_day as day,
        {{ checksum(['member_id', 'first_active_day']) }} as checksum
    from first_days
    where first_active_day is not null
    group by first_day
),

first_active as (
    select
        'first_active' as part,
        first_active_day as day,
        {{ checksum(['member_id', 'first_day']) }} as checksum
    from first_days
    where first_active_day is not null
    group by first_active_day
),

joined as (
    select
        'joined' as part,
        first_days.joined_day as day,
        {{ checksum(['first_days.member_id']) }} as checksum
    from first_days
    left join excluded_spans
        on
            first_days.member_id = excluded_spans.member_id
            and first_days.joined_day between excluded_spans.from_day and excluded_spans.to_day
    where first_days.joined_day is not null and excluded_spans.member_id is null
    group by first_days.joined_day
),

final as (
    select * from first_seen
    union all
    select * from first_active
    union all
    select * from joined
)

select * from final
