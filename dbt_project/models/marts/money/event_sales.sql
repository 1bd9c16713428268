{% set days, least = var('event_value_days'), var('value_means') %}

with

events as (
    select * from {{ ref('dim_events') }}
),

participants as (
    select * from {{ ref('int_events__participants') }}
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

tickets as (
    select
        event_id,
        currency,
        count(*) filter (where movement = 'payment') as n_sold,
        count(*) filter (where movement = 'refund') as n_refunded,
        sum(gross_minor) as gross_minor,
        sum(refund_minor) as refund_minor,
        sum(fee_minor) as fee_minor,
        sum(net_minor) as net_minor
    from payments
    where paid_for = 'event'
    group by event_id, currency
),

costs as (
    select
        event_id,
        cost_minor,
        coalesce(currency, 'XXX') as currency
    from events
    where cost_minor is not null
),

-- Who came is known of an event only if anybody was written down as there or as absent.
present as (
    select
        event_id,
        count(*) filter (where is_attended) as n_attended
    from participants
    where is_attended or is_no_show
    group by event_id
),

-- The whole stretch after the event lies within the data and within the log of payments.
compared as (
    select
        participants.event_id,
        participants.member_id,
        participants.starts_day,
        participants.is_attended
    from participants
    inner join coverage on participants.starts_day >= coverage.first_log_day
    inner join build on {{ add_days('participants.starts_day', days) }} <= build.through_day
    where participants.is_attended or participants.is_no_show
),

sizes as (
    select
        event_id,
        count(*) filter (where is_attended) as n_attended,
        count(*) filter (where not is_attended) as n_no_show
    from compared
    group by event_id
),

brought as (
    select
        compared.event_id,
        payments.currency,
        compared.member_id,
        compared.is_attended,
        cast(sum(payments.net_minor) as decimal(19, 0)) as net_minor
    from compared
    inner join payments
        on
            compared.member_id = payments.member_id
            and compared.starts_day < payments.day
            and {{ add_days('compared.starts_day', days) }} >= payments.day
    where payments.event_id is null or payments.event_id <> compared.event_id
    group by compared.event_id, payments.currency, compared.member_id, compared.is_attended
),

later as (
    select
        event_id,
        currency,
        sum(case when is_attended then net_minor else 0 end) as net_attended,
        sum(case when not is_attended then net_minor else 0 end) as net_no_show,
        sum(case when is_attended then net_minor * net_minor else 0 end) as squares_attended,
        sum(case when not is_attended then net_minor * net_minor else 0 end) as squares_no_show,
        count(*) filter (where is_attended) as n_payers_attended,
        count(*) filter (where not is_attended) as n_payers_no_show
    from brought
    group by event_id, currency
),

pairs as (
    select
        event_id,
        currency
    from tickets
    union
    select
        event_id,
        currency
    from costs
    union
    select
        event_id,
        currency
    from later
),

-- Who paid nothing afterwards brought nothing.
measured as (
    select
        pairs.event_id,
        pairs.currency,
        sizes.n_attended as n_after_attended,
        sizes.n_no_show as n_after_no_show,
        later.n_payers_attended,
        later.n_payers_no_show,
        coalesce(later.net_attended, 0) as net_attended,
        coalesce(later.net_no_show, 0) as net_no_show,
        {{ variance_of_mean(
            'coalesce(later.net_attended, 0)', 'coalesce(later.squares_attended, 0)', 'sizes.n_attended'
        ) }} as variance_attended,
        {{ variance_of_mean(
            'coalesce(later.net_no_show, 0)', 'coalesce(later.squares_no_show, 0)', 'sizes.n_no_show'
        ) }} as variance_no_show
    from pairs
    inner join sizes on pairs.event_id = sizes.event_id
    left join later on pairs.event_id = later.event_id and pairs.currency = later.currency
),

means as (
    select
        *,
        round(cast(net_attended as double) / nullif(n_after_attended, 0), 4) as after_attended_minor,
        round(cast(net_no_show as double) / nullif(n_after_no_show, 0), 4) as after_no_show_minor,
        round(
            cast(net_attended as double) / nullif(n_after_attended, 0)
            - cast(net_no_show as double) / nullif(n_after_no_show, 0), 4
        ) as after_difference_minor,
        case
            when
                least(n_after_attended, n_after_no_show) >= {{ least.members }}
                and least(n_payers_attended, n_payers_no_show) >= {{ least.payers }}
                then {{ welch_half_width(
                    'variance_attended', 'n_after_attended', 'variance_no_show', 'n_after_no_show'
                ) }}
        end as half_width,
        sqrt(variance_attended + variance_no_show) as after_error_minor
    from measured
),

-- A cost is in one currency; in others the event cost nothing.
priced as (
    select
        pairs.event_id,
        pairs.currency,
        case when pairs.currency = costs.currency then costs.cost_minor else costs.cost_minor * 0 end as cost_minor
    from pairs
    left join costs on pairs.event_id = costs.event_id
),

final as (
    select
        priced.event_id,
        priced.currency,
        events.kind,
        events.title,
        cast(coalesce(tickets.n_sold, 0) as bigint) as n_sold,
        cast(coalesce(tickets.n_refunded, 0) as bigint) as n_refunded,
        cast(coalesce(tickets.gross_minor, 0) as bigint) as gross_minor,
        cast(coalesce(tickets.refund_minor, 0) as bigint) as refund_minor,
        cast(coalesce(tickets.fee_minor, 0) as bigint) as fee_minor,
        cast(coalesce(tickets.net_minor, 0) as bigint) as net_minor,
        priced.cost_minor,
        cast(coalesce(tickets.net_minor, 0) - priced.cost_minor as bigint) as result_minor,
        present.n_attended,
        cast(nullif(priced.cost_minor, 0) as double) / nullif(present.n_attended, 0) as cost_per_attendee_minor,
        means.n_after_attended,
        means.n_after_no_show,
        means.after_attended_minor,
        means.after_no_show_minor,
        means.after_difference_minor,
        round(means.after_difference_minor - means.half_width, 4) as after_difference_low_minor,
        round(means.after_difference_minor + means.half_width, 4) as after_difference_high_minor,
        round(means.after_error_minor, 4) as after_error_minor,
        events.starts_day
    from priced
    left join events on priced.event_id = events.event_id
    left join tickets on priced.event_id is not distinct from tickets.event_id and priced.currency = tickets.currency
    left join present on priced.event_id = present.event_id
    left join means on priced.event_id = means.event_id and priced.currency = means.currency
)

select * from final
