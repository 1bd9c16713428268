with

latest as (
    {{ winning_versions(source('lake', 'feedback'), ['feedback_id'], 'feedback') }}
),

persons as (
    {{ by_person('latest') }}
),

final as (
    select
        source,
        feedback_id,
        occurred_at,
        person_id as member_id,
        about_kind,
        score,
        scale,
        about_id,
        needs,
        comment,
        event_day,
        log_day
    from persons
)

select * from final
