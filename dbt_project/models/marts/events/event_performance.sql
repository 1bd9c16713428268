with

events as (
    select * from {{ ref('stg_lake__events') }}
),

participants as (
    select
        *,
        n_active_days_after - n_active_days_before as n_gained
    from {{ ref('int_events__participants') }}
),

feedback as (
    select * from {{ ref('stg_lake__feedback') }}
    where about_kind = 'event'
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

coverage as (
    select is_collected from {{ ref('log_coverage') }}
    where log = 'event_participation'
),

build as (
    select * from {{ source('control', 'build') }}
),

-- Who came is known of an event only if anybody was written down as there or as absent.
counted as (
    select
        event_id,
        count(*) filter (where is_attended or is_no_show) > 0 as is_attendance_known,
        count(*) filter (where is_invited) as n_invited,
        count(*) filter (where is_registered) as n_registered,
        count(*) filter (where is_registered and is_cancelled) as n_cancelled,
        count(*) filter (where is_attended) as n_attended,
        count(*) filter (where is_no_show) as n_no_show,
        count(*) filter (where is_attended and has_given_feedback) as n_gave_feedback,
        count(*) filter (where is_active_within_7_days) as n_active_within_7_days,
        count(*) filter (where is_repeat) as n_repeat,
        count(member_id) filter (where is_attended or n_interactions > 0) as n_participants,
        sum(n_interactions) as n_interactions,
        sum(n_gained) filter (where is_attended) as change_of_attended,
        sum(n_gained) filter (where is_no_show) as change_of_no_show,
        sum(n_gained * n_gained) filter (where is_attended) as squares_of_attended,
        sum(n_gained * n_gained) filter (where is_no_show) as squares_of_no_show
    from participants
    group by event_id
),

-- Each step of the funnel is a part of the one before. Where nobody was invited it opens with the registered.
reached as (
    select
        participants.event_id,
        participants.is_registered as is_step_2,
        participants.is_attended as is_step_3,
        participants.is_attended and participants.has_given_feedback as is_step_4,
        participants.has_given_feedback and participants.is_active_within_7_days as is_step_5
    from participants
    inner join counted on participants.event_id = counted.event_id
    where participants.is_invited or counted.n_invited = 0
),

funnel as (
    select
        event_id,
        count(*) filter (where is_step_2) as n_step_2,
        count(*) filter (where is_step_3) as n_step_3,
        count(*) filter (where is_step_4) as n_step_4,
        count(*) filter (where is_step_5) as n_step_5
    from reached
    group by event_id
),

rated as (
    select
        feedback.about_id as event_id,
        count(*) as n_feedback,
        count(*) filter (where feedback.scale = 'csat5' and feedback.score between 1 and 5) as n_csat,
        count(*) filter (where feedback.scale = 'csat5' and feedback.score between 4 and 5) as n_satisfied,
        count(*) filter (where feedback.scale = 'nps10' and feedback.score between 0 and 10) as n_nps,
        count(*) filter (where feedback.scale = 'nps10' and feedback.score between 9 and 10) as n_promoters,
        count(*) filter (where feedback.scale = 'nps10' and feedback.score between 0 and 6) as n_detractors
    from feedback
    left join excluded_spans
        on
            feedback.member_id = excluded_spans.member_id
            and feedback.event_day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
    group by feedback.about_id
),

-- The normal approximation of a difference of two shares of one sample: no exact interval of it is in use.
recommended as (
    select
        event_id,
        100 * cast(n_promoters - n_detractors as double) / n_nps as nps,
        100 * 1.959964e0 * sqrt(
            cast(
                (n_promoters + n_detractors) * n_nps - (n_promoters - n_detractors) * (n_promoters - n_detractors)
                as double
            ) / n_nps
        ) / n_nps as nps_margin
    from rated
    where n_nps > 0
),

-- Both stretches of 14 days lie within the data, and there is somebody to compare with.
compared as (
    select
        events.event_id,
        cast(counted.change_of_attended as double) / counted.n_attended as change_of_attended,
        cast(counted.change_of_no_show as double) / counted.n_no_show as change_of_no_show,
        counted.n_attended,
        counted.n_no_show,
        {{ variance_of_mean(
            'counted.change_of_attended', 'counted.squares_of_attended', 'counted.n_attended'
        ) }} as variance_attended,
        {{ variance_of_mean(
            'counted.change_of_no_show', 'counted.squares_of_no_show', 'counted.n_no_show'
        ) }} as variance_no_show
    from events
    inner join counted on events.event_id = counted.event_id
    inner join build
        on
            {{ add_days('events.starts_day', -14) }} >= build.first_day
            and {{ add_days('events.starts_day', 14) }} <= build.through_day
    where counted.n_attended > 0 and counted.n_no_show > 0
),

-- Of few, Student's t would be far from what the macro makes of it.
judged as (
    select
        *,
        change_of_attended - change_of_no_show as influence,
        case
            when least(n_attended, n_no_show) >= {{ var('value_means').members }}
                then {{ welch_half_width('variance_attended', 'n_attended', 'variance_no_show', 'n_no_show') }}
        end as half_width
    from compared
),

final as (
    select
        events.event_id,
        events.kind,
        events.title,
        cast(case when coverage.is_collected then coalesce(counted.n_invited, 0) end as bigint) as n_invited,
        cast(case when coverage.is_collected then coalesce(counted.n_registered, 0) end as bigint) as n_registered,
        cast(case when coverage.is_collected then coalesce(counted.n_cancelled, 0) end as bigint) as n_cancelled,
        cast(case when counted.is_attendance_known then counted.n_attended end as bigint) as n_attended,
        cast(case when counted.is_attendance_known then counted.n_no_show end as bigint) as n_no_show,
        cast(case when counted.is_attendance_known then counted.n_gave_feedback end as bigint) as n_gave_feedback,
        cast(
            case when counted.is_attendance_known then counted.n_active_within_7_days end as bigint
        ) as n_active_within_7_days,
        cast(nullif(counted.n_invited, 0) as bigint) as funnel_invited,
        cast(case when coverage.is_collected then coalesce(funnel.n_step_2, 0) end as bigint) as funnel_registered,
        cast(case when counted.is_attendance_known then coalesce(funnel.n_step_3, 0) end as bigint) as funnel_attended,
        cast(
            case when counted.is_attendance_known then coalesce(funnel.n_step_4, 0) end as bigint
        ) as funnel_gave_feedback,
        cast(
            case when counted.is_attendance_known then coalesce(funnel.n_step_5, 0) end as bigint
        ) as funnel_active_within_7_days,
        cast(case when counted.is_attendance_known then counted.n_participants end as bigint) as n_participants,
        cast(coalesce(counted.n_interactions, 0) as bigint) as n_interactions,
        case
            when counted.is_attendance_known then cast(counted.n_attended as double) / nullif(counted.n_registered, 0)
        end as show_up_rate,
        case
            when counted.is_attendance_known then {{ wilson_low('counted.n_attended', 'counted.n_registered') }}
        end as show_up_low,
        case
            when counted.is_attendance_known then {{ wilson_high('counted.n_attended', 'counted.n_registered') }}
        end as show_up_high,
        cast(coalesce(rated.n_feedback, 0) as bigint) as n_feedback,
        cast(counted.n_gave_feedback as double) / nullif(counted.n_attended, 0) as response_rate,
        cast(coalesce(rated.n_csat, 0) as bigint) as n_csat,
        cast(rated.n_satisfied as double) / nullif(rated.n_csat, 0) as csat,
        {{ wilson_low('rated.n_satisfied', 'rated.n_csat') }} as csat_low,
        {{ wilson_high('rated.n_satisfied', 'rated.n_csat') }} as csat_high,
        cast(coalesce(rated.n_nps, 0) as bigint) as n_nps,
        round(recommended.nps, 9) as nps,
        case
            when recommended.nps is not null then round(greatest(recommended.nps - recommended.nps_margin, -100), 9)
        end as nps_low,
        case
            when recommended.nps is not null then round(least(recommended.nps + recommended.nps_margin, 100), 9)
        end as nps_high,
        cast(counted.n_repeat as double) / nullif(counted.n_attended, 0) as repeat_rate,
        judged.change_of_attended,
        judged.change_of_no_show,
        judged.influence,
        round(judged.influence - judged.half_width, 9) as influence_low,
        round(judged.influence + judged.half_width, 9) as influence_high,
        events.starts_day
    from events
    cross join coverage
    left join counted on events.event_id = counted.event_id
    left join funnel on events.event_id = funnel.event_id
    left join rated on events.event_id = rated.event_id
    left join recommended on events.event_id = recommended.event_id
    left join judged on events.event_id = judged.event_id
)

select * from final
