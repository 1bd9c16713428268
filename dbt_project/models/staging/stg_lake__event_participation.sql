with

latest as (
    {{
        winning_versions(source('lake', 'event_participation'), ['event_id', 'member_id', 'state'], 'event_participation')
    }}
),

persons as (
    {{ by_person('latest') }}
),

final as (
    select
        source,
        source_seq,
        event_id,
        person_id as member_id,
        occurred_at,
        state,
        minutes,
        n_interactions,
        event_day,
        log_day
    from persons
)

select * from final
