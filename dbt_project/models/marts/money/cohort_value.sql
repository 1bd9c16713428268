{% set least = var('value_means') %}

with

members as (
    select * from {{ ref('dim_members') }}
    where first_day is not null
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

payments as (
    select * from {{ ref('payments') }}
),

coverage as (
    select first_log_day from {{ ref('log_coverage') }}
    where log = 'payments' and is_collected
),

build as (
    select through_day from {{ source('control', 'build') }}
),

currencies as (
    select distinct currency from payments
),

ages as (
    {% for months in [1, 3, 6, 12] %}
        select cast({{ months }} as bigint) as age_months
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- What was paid before the log of payments begins is not known, so nothing is said of who came before it.
observed as (
    select
        members.member_id,
        coalesce(members.referrer, 'unknown') as referrer,
        ages.age_months,
        {{ month_of('members.first_day') }} as cohort_month,
        {{ add_months('members.first_day', 'ages.age_months') }} as until_day
    from members
    cross join ages
    inner join coverage on members.first_day >= coverage.first_log_day
    inner join build
        on {{ add_months('members.first_day', 'ages.age_months') }} <= {{ add_days('build.through_day', 1) }}
    left join excluded_spans
        on
            members.member_id = excluded_spans.member_id
            and members.first_day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
),

paid as (
    select
        observed.member_id,
        observed.age_months,
        payments.currency,
        max(case when payments.movement = 'payment' and payments.gross_minor > 0 then 1 else 0 end) as has_paid,
        cast(sum(payments.net_minor) as decimal(19, 0)) as net_minor
    from observed
    inner join payments on observed.member_id = payments.member_id and observed.until_day > payments.day
    group by observed.member_id, observed.age_months, payments.currency
),

-- Each member counts once in each dimension.
counted as (
    {% for dimension, value in [
        ('all', "'all'"), ('cohort_month', 'cast(observed.cohort_month as string)'), ('referrer', 'observed.referrer')
    ] %}
        select
            '{{ dimension }}' as dimension,
            {{ value }} as value,
            observed.age_months,
            currencies.currency,
            count(*) as n_members,
            count(paid.member_id) filter (where paid.has_paid = 1) as n_payers,
            coalesce(sum(paid.net_minor), 0) as net_minor,
            sum(paid.net_minor * paid.net_minor) as squares
        from observed
        cross join currencies
        left join paid
            on
                observed.member_id = paid.member_id
                and observed.age_months = paid.age_months
                and currencies.currency = paid.currency
        group by {{ '' if dimension == 'all' else value ~ ', ' }}observed.age_months, currencies.currency
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

measured as (
    select
        *,
        cast(net_minor as double) / n_members as mean_minor,
        case
            when n_members >= {{ least.members }} and n_payers >= {{ least.payers }}
                then {{ mean_half_width(variance_of_mean('net_minor', 'squares', 'n_members'), 'n_members') }}
        end as half_width
    from counted
),

final as (
    select
        dimension,
        value,
        currency,
        age_months,
        n_members,
        n_payers,
        cast(net_minor as bigint) as net_minor,
        round(mean_minor, 4) as mean_net_minor,
        round(mean_minor - half_width, 4) as mean_net_low_minor,
        round(mean_minor + half_width, 4) as mean_net_high_minor
    from measured
)

select * from final
