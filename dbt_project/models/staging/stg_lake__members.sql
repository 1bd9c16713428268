with

latest as (
    {{ winning_versions(source('lake', 'members'), ['member_id', 'occurred_at']) }}
),

final as (
    select
        source,
        member_id,
        occurred_at,
        joined_at,
        role,
        status,
        plan,
        needs,
        locale,
        referrer,
        {{ local_day('joined_at') }} as joined_day,
        event_day,
        log_day
    from latest
)

select * from final
