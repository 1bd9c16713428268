with

members as (
    select * from {{ ref('int_churn_members') }}
    where is_active or is_due
),

activity as (
    select * from {{ ref('int_churn_activity') }}
),

reads as (
    select * from {{ ref('int_churn_reads') }}
),

breadth as (
    select * from {{ ref('int_churn_breadth') }}
),

social as (
    select * from {{ ref('int_churn_social') }}
),

questions as (
    select * from {{ ref('int_churn_questions') }}
),

events as (
    select * from {{ ref('int_churn_events') }}
),

payers as (
    select * from {{ ref('int_churn_payers') }}
),

community as (
    select * from {{ ref('int_churn_community') }}
),

-- Who is judged by which definition; a member may be by both.
judged as (
    {% for definition, is_judged in [('inactivity', 'is_active'), ('lapse', 'is_due')] %}
        select
            member_id,
            as_of_day,
            '{{ definition }}' as definition
        from members
        where {{ is_judged }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

tenures as (
    select
        members.member_id,
        members.as_of_day,
        {{ days_since('members.as_of_day', 'least(activity.first_active_day, members.joined_day)') }} as tenure_days
    from members
    left join activity
        on members.member_id = activity.member_id and members.as_of_day = activity.as_of_day
),

features as (
    select
        judged.member_id,
        judged.as_of_day,
        judged.definition,

        activity.days_since_active,
        tenures.tenure_days,
        activity.median_gap,
        activity.mean_gap,
        activity.sd_gap,
        activity.absences_to_churn,

        questions.question_waiting_days_90,

        payers.days_to_term_end,
        payers.term_number,
        payers.is_auto_renewing,
        payers.payment_failures_180,
        payers.discount_share,

        community.community_active_30,
        community.community_trend,

        coalesce(activity.decayed_7, 0) as decayed_7,
        coalesce(activity.decayed_30, 0) as decayed_30,
        coalesce(activity.decayed_90, 0) as decayed_90,
        coalesce(activity.active_days_7, 0) as active_days_7,
        coalesce(activity.active_days_30, 0) as active_days_30,
        coalesce(activity.active_days_90, 0) as active_days_90,
        coalesce(activity.active_days_365, 0) as active_days_365,
        coalesce(activity.active_days_all, 0) as active_days_all,
        coalesce(activity.active_weeks_12, 0) as active_weeks_12,
        coalesce(activity.absences_as_long, 0) as absences_as_long,
        coalesce(activity.acts_30, 0) as acts_30,
        coalesce(activity.contents_30, 0) as contents_30,
        coalesce(activity.replies_30, 0) as replies_30,
        coalesce(activity.starts_30, 0) as starts_30,

        coalesce(activity.active_days_all, 0) / (tenures.tenure_days + 1e0) as active_day_share,
        tenures.tenure_days < 30 as is_first_month,

        activity.days_since_active / (activity.median_gap + 1e0) as recency_per_gap,

        -- Rounded, so that the last digit depends on no engine's logarithm.
        round(
            ln((coalesce(activity.acts_30, 0) + 1e0) / (coalesce(activity.acts_before_30, 0) + 1e0)), 12
        ) as acts_trend,
        round(
            ln((coalesce(activity.active_days_30, 0) + 1e0) / (coalesce(activity.active_days_before_30, 0) + 1e0)), 12
        ) as active_days_trend,

        activity.starts_30 / cast(nullif(activity.starts_30 + activity.replies_30, 0) as double) as started_share_30,
        coalesce(breadth.threads_30, 0) as threads_30,
        coalesce(breadth.channels_30, 0) as channels_30,
        case when community.has_reads then coalesce(reads.reads_30, 0) end as reads_30,
        case when community.has_reads then coalesce(reads.read_days_30, 0) end as read_days_30,

        coalesce(social.responses_30, 0) as responses_30,
        coalesce(social.responses_180, 0) as responses_180,
        coalesce(social.partners_180, 0) as partners_180,
        coalesce(questions.questions_waiting_90, 0) as questions_waiting_90,

        case when community.has_events then coalesce(events.events_registered_365, 0) end as events_registered_365,
        case when community.has_events then coalesce(events.events_cancelled_365, 0) end as events_cancelled_365,
        case when community.has_events then coalesce(events.events_attended_365, 0) end as events_attended_365,
        events.events_attended_365 / cast(nullif(events.events_wanted_365, 0) as double) as event_attended_share_365,

        case when community.has_subscriptions then payers.member_id is not null end as is_payer
    from judged
    inner join community on judged.as_of_day = community.as_of_day
    left join activity
        on judged.member_id = activity.member_id and judged.as_of_day = activity.as_of_day
    inner join tenures
        on judged.member_id = tenures.member_id and judged.as_of_day = tenures.as_of_day
    left join reads
        on judged.member_id = reads.member_id and judged.as_of_day = reads.as_of_day
    left join breadth
        on judged.member_id = breadth.member_id and judged.as_of_day = breadth.as_of_day
    left join social
        on judged.member_id = social.member_id and judged.as_of_day = social.as_of_day
    left join questions
        on judged.member_id = questions.member_id and judged.as_of_day = questions.as_of_day
    left join events
        on judged.member_id = events.member_id and judged.as_of_day = events.as_of_day
    left join payers
        on judged.member_id = payers.member_id and judged.as_of_day = payers.as_of_day
),

final as (
    select * from features
)

select * from final
