with

state_spans as (
    select * from {{ ref('int_members__state_spans') }}
),

build as (
    select * from {{ source('control', 'build') }}
),

final as (
    select
        state_spans.member_id,
        greatest(state_spans.from_day, least(state_spans.joined_day, state_spans.stated_day)) as from_day,
        state_spans.role,
        state_spans.status,
        state_spans.plan,
        state_spans.needs,
        state_spans.locale,
        state_spans.referrer,
        state_spans.to_day,
        build.through_day between state_spans.from_day and state_spans.to_day as is_current
    from state_spans
    cross join build
)

select * from final
