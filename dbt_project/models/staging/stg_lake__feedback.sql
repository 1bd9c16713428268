with

latest as (
    {{ winning_versions(source('lake', 'feedback'), ['feedback_id']) }}
),

final as (
    select
        source,
        feedback_id,
        occurred_at,
        member_id,
        about_kind,
        score,
        scale,
        about_id,
        needs,
        comment,
        event_day,
        log_day
    from latest
)

select * from final
