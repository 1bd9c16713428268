with

assignments as (
    select * from {{ ref('int_retention__assignments') }}
),

member_days as (
    select
        member_id,
        day
    from {{ ref('fct_member_days') }}
    where is_active
),

terms as (
    select * from {{ ref('subscription_terms') }}
    where is_paid
),

build as (
    select through_day from {{ source('control', 'build') }}
),

seen as (
    select distinct
        assignments.campaign_id,
        assignments.member_id
    from assignments
    inner join member_days
        on
            assignments.member_id = member_days.member_id
            and assignments.day < member_days.day
            and {{ add_days('assignments.day', horizon_days()) }} >= member_days.day
),

active as (
    select
        assignments.campaign_id,
        assignments.member_id,
        'active' as outcome,
        cast(null as bigint) as price_minor,
        cast(null as string) as currency,
        {{ add_days('assignments.day', horizon_days()) }} as known_day,
        {{ add_days('assignments.day', horizon_days()) }} <= build.through_day as is_known,
        seen.member_id is not null as is_reached
    from assignments
    cross join build
    left join seen
        on assignments.campaign_id = seen.campaign_id and assignments.member_id = seen.member_id
),

-- The first term that ran on the day and was to end within the horizon.
ending as (
    select
        assignments.campaign_id,
        assignments.member_id,
        terms.is_due,
        terms.outcome,
        terms.price_minor - terms.recurring_discount_minor as price_minor,
        terms.currency,
        case
            when terms.outcome = 'changed' then terms.ended_day else {{ add_days('terms.term_end', grace_days()) }}
        end as known_day,
        row_number() over (
            partition by assignments.campaign_id, assignments.member_id
            order by terms.term_end, terms.source, terms.subscription_id, terms.term_number
        ) as term_rank
    from assignments
    inner join terms
        on
            assignments.member_id = terms.member_id
            and assignments.day >= terms.term_start
            and assignments.day < terms.ended_day
            and {{ add_days('assignments.day', horizon_days()) }} >= terms.term_end
),

renewed as (
    select
        campaign_id,
        member_id,
        'renewed' as outcome,
        price_minor,
        currency,
        known_day,
        is_due or outcome = 'changed' as is_known,
        outcome in ('renewed', 'changed') as is_reached
    from ending
    where term_rank = 1
),

unioned as (
    select * from active
    union all
    select * from renewed
),

final as (
    select
        assignments.campaign_id,
        assignments.member_id,
        unioned.outcome,
        assignments.arm,
        assignments.definition,
        assignments.risk_band,
        assignments.is_own,
        unioned.price_minor,
        unioned.currency,
        unioned.is_known,
        unioned.known_day,
        assignments.day,
        unioned.is_known and unioned.is_reached as is_reached
    from unioned
    inner join assignments
        on unioned.campaign_id = assignments.campaign_id and unioned.member_id = assignments.member_id
)

select * from final
