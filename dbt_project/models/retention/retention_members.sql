{% set window, prior = engagement_windows() | min, var('value_prior_days') %}

-- A weight of 1 is a typical member's worth, so that members can be compared whatever the currency: what one brings in
-- a month over the median of those with a paid term in the same one, or where nobody pays, R over its median. A month
-- brings the MRR of the terms and, of the last 365 days, the net of pieces and tickets, over no less than 90 days.
-- R of a few days says little, so it counts beside as many days of a typical member as value_prior_days says.
with

members as (
    select * from {{ ref('dim_members') }}
    where not is_excluded
),

terms as (
    select * from {{ ref('subscription_terms') }}
),

payments as (
    select * from {{ ref('payments') }}
    where paid_for in ('content', 'event')
),

coverage as (
    select first_log_day from {{ ref('log_coverage') }}
    where log = 'payments' and is_collected
),

build as (
    select through_day from {{ source('control', 'build') }}
),

-- Only the last day; the fact is far too long to be read whole.
engagement as (
    select * from {{ ref('fct_member_engagement') }}
    where
        window_days = {{ engagement_windows() | min }}
        and day in (select build.through_day from build)
),

actions as (
    select * from {{ ref('stg_lake__actions') }}
),

participants as (
    select * from {{ ref('int_events__participants') }}
),

events as (
    select * from {{ ref('stg_lake__events') }}
),

questions as (
    select * from {{ ref('answer_times') }}
    where is_waiting
),

content as (
    select * from {{ ref('dim_content') }}
),

running as (
    select
        terms.member_id,
        terms.currency,
        sum(terms.mrr_minor) as mrr_minor,
        min(terms.term_end) as term_end
    from terms
    cross join build
    where
        terms.is_paid
        and terms.outcome in ('running', 'in_grace')
        and terms.term_start <= build.through_day
    group by terms.member_id, terms.currency
),

bought as (
    select
        payments.member_id,
        payments.currency,
        cast(
            round(
                greatest(sum(payments.net_minor), 0) * 30.436875e0 / greatest(
                    least({{ days_since('min(build.through_day)', 'min(coverage.first_log_day)') }} + 1, 365), 90
                )
            ) as bigint
        ) as bought_minor
    from payments
    cross join coverage
    inner join build
        on payments.day between {{ add_days('build.through_day', -364) }} and build.through_day
    group by payments.member_id, payments.currency
),

brought as (
    select
        coalesce(running.member_id, bought.member_id) as member_id,
        coalesce(running.currency, bought.currency) as currency,
        running.member_id is not null as is_paying,
        running.term_end,
        case
            when running.member_id is null then bought.bought_minor
            else running.mrr_minor + coalesce(bought.bought_minor, 0)
        end as value_minor
    from running
    full outer join bought on running.member_id = bought.member_id and running.currency = bought.currency
),

-- Of several currencies the one in which the member brings most counts.
valued_in as (
    select *
    from (
        select
            member_id,
            currency,
            value_minor,
            min(term_end) over (partition by member_id) as term_end,
            coalesce(
                median(case when is_paying then value_minor end) over (partition by currency),
                median(value_minor) over (partition by currency)
            ) as median_minor,
            row_number() over (partition by member_id order by value_minor desc, currency asc) as currency_rank
        from brought
    ) as ranked
    where currency_rank = 1
),

payers as (
    select count(*) as n_payers from running
),

buyers as (
    select count(*) as n_buyers from bought
),

contacted as (
    select
        member_id,
        max(event_day) as last_contacted_day
    from actions
    where kind in {{ in_list(var('contact_kinds')) }} and coalesce(arm, 'treated') = 'treated'
    group by member_id
),

guests as (
    select distinct participants.member_id
    from participants
    cross join build
    where
        (participants.is_registered or participants.is_attended)
        and participants.starts_day between {{ add_days('build.through_day', -180) }} and build.through_day
),

next_event as (
    select
        event_id,
        title,
        starts_day
    from (
        select
            events.event_id,
            events.title,
            events.starts_day,
            row_number() over (order by events.starts_day, events.starts_at, events.event_id) as event_rank
        from events
        cross join build
        where
            events.starts_day >= {{ add_days('build.through_day', 2) }}
            and events.starts_day <= {{ add_days('build.through_day', 14) }}
    ) as ranked
    where event_rank = 1
),

-- Who has answered the invitation already, either way, is not invited again.
invited as (
    select
        members.member_id,
        next_event.event_id,
        next_event.title,
        next_event.starts_day
    from members
    inner join guests on members.member_id = guests.member_id
    cross join next_event
    left join participants
        on
            members.member_id = participants.member_id
            and next_event.event_id = participants.event_id
            and (participants.is_registered or participants.is_cancelled)
    where participants.member_id is null
),

waiting as (
    select *
    from (
        select
            questions.asker_id,
            questions.question_id,
            content.title,
            {{ days_since('build.through_day', 'questions.asked_day') }} as n_days,
            row_number() over (
                partition by questions.asker_id order by questions.asked_at, questions.question_id
            ) as question_rank
        from questions
        cross join build
        left join content on questions.question_id = content.content_id
    ) as ranked
    where question_rank = 1
),

valued as (
    select
        members.member_id,
        valued_in.value_minor,
        valued_in.currency,
        contacted.last_contacted_day,
        coalesce(
            {{ days_since('build.through_day', 'coalesce(members.last_active_day, members.first_day)') }}
            >= 3 * {{ horizon_days() }},
            false
        ) as is_lost,
        case
            when valued_in.term_end > build.through_day then {{ days_since('valued_in.term_end', 'build.through_day') }}
        end as days_to_term_end,
        case
            when payers.n_payers = 0 then 'engagement'
            when buyers.n_buyers = 0 then 'mrr'
            else 'mrr_and_purchases'
        end as value_basis,
        case
            when payers.n_payers = 0
                then
                    (
                        {{ prior }}
                        + coalesce(engagement.observed_days, {{ window }})
                        * coalesce(engagement.engagement / nullif(median(engagement.engagement) over (), 0), 0)
                    )
                    / ({{ prior }} + coalesce(engagement.observed_days, {{ window }}))
            when valued_in.member_id is null then 0e0
            else coalesce(valued_in.value_minor / nullif(valued_in.median_minor, 0), 1)
        end as weight,
        invited.event_id,
        invited.title as event_title,
        invited.starts_day as event_day,
        waiting.question_id,
        waiting.title as question_title,
        waiting.n_days as question_days
    from members
    cross join payers
    cross join buyers
    cross join build
    left join valued_in on members.member_id = valued_in.member_id
    left join engagement on members.member_id = engagement.member_id
    left join contacted on members.member_id = contacted.member_id
    left join invited on members.member_id = invited.member_id
    left join waiting on members.member_id = waiting.asker_id
),

final as (
    select
        member_id,
        value_basis,
        cast(value_minor as bigint) as value_minor,
        currency,
        cast(weight as double) as weight,
        days_to_term_end,
        last_contacted_day,
        is_lost,
        event_id,
        event_title,
        event_day,
        question_id,
        question_title,
        cast(question_days as bigint) as question_days
    from valued
)

select * from final
