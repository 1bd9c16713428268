with

member_months as (
    select * from {{ ref('int_revenue__member_months') }}
    where start_mrr_minor > 0
),

months as (
    select * from {{ ref('revenue_months') }}
),

terms as (
    select * from {{ ref('int_subscriptions__terms') }}
    where is_paid and counts_from < counts_until
),

steps as (
    select * from {{ ref('stg_lake__subscriptions') }}
    where end_reason is not null
),

feedback as (
    select * from {{ ref('stg_lake__feedback') }}
),

build as (
    select through_day from {{ source('control', 'build') }}
),

feedback_coverage as (
    select is_collected from {{ ref('log_coverage') }}
    where log = 'feedback'
),

judged as (
    select
        member_months.month,
        member_months.currency,
        member_months.member_id,
        member_months.start_mrr_minor,
        member_months.movement = 'churn' as is_leaver,
        least({{ add_days('last_day(member_months.month)', 1) }}, {{ add_days('build.through_day', 1) }}) as until_day
    from member_months
    cross join build
),

-- What ended last of what a leaver paid for when the month began.
last_terms as (
    select *
    from (
        select
            judged.month,
            judged.currency,
            judged.member_id,
            terms.source,
            terms.subscription_id,
            terms.term_start,
            terms.outcome,
            terms.counts_until as left_day,
            row_number() over (
                partition by judged.month, judged.currency, judged.member_id
                order by terms.counts_until desc, terms.term_start desc, terms.source asc, terms.subscription_id asc
            ) as term_rank
        from judged
        inner join terms
            on
                judged.member_id = terms.member_id
                and judged.currency = coalesce(terms.currency, 'XXX')
                and judged.month <= terms.counts_until
                and judged.until_day > terms.counts_until
        where judged.is_leaver
    ) as ranked
    where term_rank = 1
),

-- A term may be told to end twice, such as cancelled and then expired: the last word counts.
end_reasons as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by source, subscription_id, term_start order by occurred_at desc, step desc
            ) as step_rank
        from steps
    ) as ranked
    where step_rank = 1
),

reasoned as (
    select
        judged.month,
        judged.currency,
        judged.member_id,
        case
            when not judged.is_leaver then 'stayed'
            when last_terms.outcome = 'cancelled' then 'voluntary'
            when last_terms.outcome in ('payment_failure', 'expired') then last_terms.outcome
            when last_terms.outcome = 'refunded' then 'refund'
            else 'other'
        end as reason,
        end_reasons.end_reason,
        case when judged.is_leaver then judged.start_mrr_minor else 0 end as mrr_lost_minor,
        coalesce(last_terms.left_day, judged.until_day) as until_day
    from judged
    left join last_terms
        on
            judged.month = last_terms.month
            and judged.currency = last_terms.currency
            and judged.member_id = last_terms.member_id
    left join end_reasons
        on
            last_terms.source = end_reasons.source
            and last_terms.subscription_id = end_reasons.subscription_id
            and last_terms.term_start = end_reasons.term_start
),

scored as (
    select
        reasoned.month,
        reasoned.currency,
        reasoned.member_id,
        count(feedback.comment) > 0 as has_commented,
        bool_or(
            case feedback.scale
                {% for scale, score in var('low_scores').items() %}
                    when '{{ scale }}' then feedback.score <= {{ score }}
                {% endfor %}
            end
        ) as is_low
    from reasoned
    inner join feedback
        on
            reasoned.member_id = feedback.member_id
            and {{ add_days('reasoned.until_day', -30) }} <= feedback.event_day
            and reasoned.until_day > feedback.event_day
    group by reasoned.month, reasoned.currency, reasoned.member_id
),

counted as (
    select
        reasoned.month,
        reasoned.currency,
        reasoned.reason,
        reasoned.end_reason,
        count(*) as n_members,
        sum(reasoned.mrr_lost_minor) as mrr_lost_minor,
        count(scored.is_low) as n_scored,
        count(*) filter (where scored.is_low) as n_low_scored,
        count(*) filter (where scored.has_commented) as n_commented
    from reasoned
    left join scored
        on
            reasoned.month = scored.month
            and reasoned.currency = scored.currency
            and reasoned.member_id = scored.member_id
    group by reasoned.month, reasoned.currency, reasoned.reason, reasoned.end_reason
),

final as (
    select
        counted.month,
        counted.currency,
        counted.reason,
        counted.end_reason,
        counted.n_members,
        cast(counted.mrr_lost_minor as bigint) as mrr_lost_minor,
        case when feedback_coverage.is_collected then counted.n_scored end as n_scored,
        case when feedback_coverage.is_collected then counted.n_low_scored end as n_low_scored,
        cast(counted.n_low_scored as double) / nullif(counted.n_scored, 0) as low_share,
        {{ wilson_low('counted.n_low_scored', 'counted.n_scored') }} as low_share_low,
        {{ wilson_high('counted.n_low_scored', 'counted.n_scored') }} as low_share_high,
        case when feedback_coverage.is_collected then counted.n_commented end as n_commented,
        months.is_complete
    from counted
    cross join feedback_coverage
    inner join months on counted.month = months.month and counted.currency = months.currency
)

select * from final
