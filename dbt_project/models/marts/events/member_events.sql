with

participants as (
    select * from {{ ref('int_events__participants') }}
    where member_id is not null
),

feedback as (
    select * from {{ ref('stg_lake__feedback') }}
    where about_kind = 'event'
),

-- Who answers twice has changed their mind: of each scale the last score within it counts.
ranked as (
    select
        *,
        row_number() over (
            partition by about_id, member_id, scale order by occurred_at desc, source desc, feedback_id desc
        ) as score_rank
    from feedback
    where (scale = 'csat5' and score between 1 and 5) or (scale = 'nps10' and score between 0 and 10)
),

scores as (
    select
        about_id as event_id,
        member_id,
        max(score) filter (where scale = 'csat5') as csat_score,
        max(score) filter (where scale = 'nps10') as nps_score
    from ranked
    where score_rank = 1
    group by about_id, member_id
),

final as (
    select
        participants.member_id,
        participants.event_id,
        participants.state,
        participants.is_invited,
        participants.is_registered,
        participants.is_cancelled,
        participants.is_attended,
        participants.is_no_show,
        participants.is_repeat,
        participants.invited_at,
        participants.registered_at,
        participants.waitlisted_at,
        participants.cancelled_at,
        participants.attended_at,
        participants.no_show_at,
        cast(participants.minutes as double) as minutes,
        participants.n_interactions,
        participants.has_given_feedback,
        scores.csat_score,
        scores.nps_score,
        participants.n_active_days_before,
        participants.n_active_days_after,
        participants.starts_day
    from participants
    left join scores on participants.event_id = scores.event_id and participants.member_id = scores.member_id
)

select * from final
