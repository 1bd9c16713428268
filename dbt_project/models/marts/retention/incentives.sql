{% set rules, least = var('action_effects'), var('value_means') %}

with

actions as (
    select * from {{ ref('stg_lake__actions') }}
),

points_ledger as (
    select * from {{ ref('points_ledger') }}
),

payments as (
    select * from {{ ref('payments') }}
),

steps as (
    select * from {{ ref('stg_lake__subscriptions') }}
    where coupon_id is not null and step in {{ in_list(var('paid_steps')) }}
),

assignments as (
    select * from {{ ref('int_retention__assignments') }}
    where kind in ('coupon', 'points')
),

effects as (
    select * from {{ ref('action_effects') }}
    where is_primary
),

coverage as (
    select first_log_day from {{ ref('log_coverage') }}
    where log = 'payments' and is_collected
),

collected as (
    select is_collected as has_actions from {{ ref('log_coverage') }}
    where log = 'actions'
),

build as (
    select through_day from {{ source('control', 'build') }}
),

-- Costs without a currency are in the one that members pay in, if that is one.
house as (
    select case when count(distinct currency) = 1 then min(currency) else 'XXX' end as currency
    from payments
),

-- A campaign may hand out a coupon of its own to each member or in each round; all of them are one incentive.
offers as (
    select
        actions.source,
        actions.action_id,
        actions.member_id,
        actions.kind,
        coalesce(actions.coupon_id, actions.campaign_id) as coupon_id,
        coalesce(
            actions.campaign_id,
            case
                when actions.kind = 'coupon' then actions.coupon_id
                else cast({{ month_of('actions.event_day') }} as string)
            end
        ) as incentive_id,
        coalesce(actions.cost_minor, 0) as cost_minor,
        coalesce(actions.currency, house.currency) as currency,
        {{ local_day('actions.expires_at') }} as expires_day,
        actions.event_day as day
    from actions
    cross join house
    where
        coalesce(actions.arm, 'treated') = 'treated'
        and (actions.kind = 'coupon' or (actions.kind = 'points' and actions.points > 0))
),

named as (
    select
        coupon_id,
        min(incentive_id) as incentive_id
    from offers
    where kind = 'coupon'
    group by coupon_id
),

refunds as (
    select
        source,
        refunded_payment_id,
        sum(net_minor) as net_minor
    from payments
    where refunded_payment_id is not null
    group by source, refunded_payment_id
),

-- What a subscription's step says of a coupon counts where its payment does not say it.
step_payments as (
    select
        steps.source,
        steps.subscription_id,
        steps.term_start,
        steps.step,
        payments.source as payment_source,
        payments.payment_id,
        row_number() over (
            partition by steps.source, steps.subscription_id, steps.term_start, steps.step
            order by
                abs({{ days_since('payments.day', 'steps.event_day') }}) asc,
                payments.day asc,
                payments.source asc,
                payments.payment_id asc
        ) as payment_rank
    from steps
    inner join payments
        on
            steps.subscription_id = payments.subscription_id
            and payments.movement = 'payment'
            and payments.day between {{ add_days('steps.event_day', -31) }} and {{ add_days('steps.event_day', 31) }}
),

step_uses as (
    select
        'step ' || steps.step || ' ' || steps.subscription_id as use_id,
        steps.member_id,
        steps.coupon_id,
        'subscription' as paid_for,
        coalesce(payments.currency, steps.currency, 'XXX') as currency,
        coalesce(payments.gross_minor, 0) as gross_minor,
        coalesce(steps.discount_minor, 0) as discount_minor,
        coalesce(payments.net_minor, 0) as net_minor,
        payments.source as payment_source,
        payments.payment_id,
        steps.term_start,
        steps.event_day as day
    from steps
    left join step_payments
        on
            steps.source = step_payments.source
            and steps.subscription_id = step_payments.subscription_id
            and steps.term_start = step_payments.term_start
            and steps.step = step_payments.step
            and step_payments.payment_rank = 1
    left join payments
        on step_payments.payment_source = payments.source and step_payments.payment_id = payments.payment_id
    where payments.coupon_id is null
),

uses as (
    select
        'payment' as use_id,
        member_id,
        coupon_id,
        paid_for,
        currency,
        gross_minor,
        discount_minor,
        net_minor,
        source as payment_source,
        payment_id,
        cast(null as date) as term_start,
        day
    from payments
    where coupon_id is not null and movement = 'payment'
    union all
    select * from step_uses
),

-- Of several offers of the same coupon the last one before its use was taken.
taken as (
    select
        uses.*,
        offers.source as offer_source,
        offers.action_id,
        coalesce(offers.incentive_id, named.incentive_id, uses.coupon_id) as incentive_id,
        uses.net_minor + coalesce(refunds.net_minor, 0) as kept_minor,
        row_number() over (
            partition by uses.use_id, uses.payment_source, uses.payment_id, uses.coupon_id, uses.term_start, uses.day
            order by offers.day desc nulls last, offers.source asc, offers.action_id asc
        ) as offer_rank
    from uses
    left join offers
        on
            offers.kind = 'coupon'
            and uses.member_id = offers.member_id
            and uses.coupon_id = offers.coupon_id
            and uses.day >= offers.day
    left join named on uses.coupon_id = named.coupon_id
    left join refunds on uses.payment_source = refunds.source and uses.payment_id = refunds.refunded_payment_id
),

used as (
    select
        incentive_id,
        currency,
        count(*) as n_uses,
        count(*) filter (where action_id is null) as n_uses_unissued,
        sum(gross_minor) as gross_minor,
        sum(discount_minor) as discount_minor,
        sum(kept_minor) as net_minor
    from taken
    where offer_rank = 1
    group by incentive_id, currency
),

redeemed as (
    select distinct
        offer_source,
        action_id
    from taken
    where offer_rank = 1 and action_id is not null
),

issued as (
    select
        offers.kind,
        offers.incentive_id,
        count(*) as n_issued,
        count(distinct offers.member_id) as n_members,
        count(redeemed.action_id) as n_redeemed,
        count(*) filter (where redeemed.action_id is null and offers.expires_day < build.through_day) as n_expired,
        min(offers.day) as first_day,
        max(offers.day) as last_day
    from offers
    cross join build
    left join redeemed on offers.source = redeemed.offer_source and offers.action_id = redeemed.action_id
    group by offers.kind, offers.incentive_id
),

spent as (
    select
        kind,
        incentive_id,
        currency,
        sum(cost_minor) as cost_minor
    from offers
    group by kind, incentive_id, currency
),

-- Whose points were spent is not known, so points spent belong to the campaign or month that they were spent in.
points as (
    select
        coalesce(campaign_id, cast({{ month_of('day') }} as string)) as incentive_id,
        sum(points) filter (where movement = 'earned') as points_issued,
        -sum(points) filter (where movement = 'spent') as points_spent,
        -sum(points) filter (where movement = 'expired') as points_expired
    from points_ledger
    group by coalesce(campaign_id, cast({{ month_of('day') }} as string))
),

-- The kinds of purchase that a coupon was used for are those in which its arms are compared; without any use it is all.
aims as (
    select
        incentive_id,
        {{ distinct_texts('paid_for', ', ') }} as aimed_at
    from taken
    group by incentive_id
),

compared as (
    select
        assignments.campaign_id,
        assignments.member_id,
        assignments.kind,
        assignments.arm,
        assignments.day,
        coalesce(aims.aimed_at, 'content, event, other, subscription') as aimed_at
    from assignments
    inner join coverage on assignments.day >= coverage.first_log_day
    inner join build on {{ add_days('assignments.day', horizon_days()) }} <= build.through_day
    left join aims on assignments.campaign_id = aims.incentive_id
),

sizes as (
    select
        kind,
        campaign_id as incentive_id,
        min(aimed_at) as aimed_at,
        count(*) filter (where arm = 'treated') as n_treated,
        count(*) filter (where arm = 'held_out') as n_held_out
    from compared
    group by kind, campaign_id
),

brought as (
    select
        compared.kind,
        compared.campaign_id as incentive_id,
        payments.currency,
        compared.member_id,
        compared.arm = 'treated' as is_treated,
        max(case when payments.movement = 'payment' then 1 else 0 end) as has_bought,
        cast(sum(payments.net_minor) as decimal(19, 0)) as net_minor
    from compared
    inner join payments
        on
            compared.member_id = payments.member_id
            and compared.day <= payments.day
            and {{ add_days('compared.day', horizon_days()) }} >= payments.day
            and position(payments.paid_for in compared.aimed_at) > 0
    group by compared.kind, compared.campaign_id, payments.currency, compared.member_id, compared.arm
),

arms as (
    select
        kind,
        incentive_id,
        currency,
        count(*) filter (where is_treated and has_bought = 1) as n_bought_treated,
        count(*) filter (where not is_treated and has_bought = 1) as n_bought_held_out,
        sum(case when is_treated then net_minor else 0 end) as net_treated,
        sum(case when not is_treated then net_minor else 0 end) as net_held_out,
        sum(case when is_treated then net_minor * net_minor else 0 end) as squares_treated,
        sum(case when not is_treated then net_minor * net_minor else 0 end) as squares_held_out
    from brought
    group by kind, incentive_id, currency
),

pairs as (
    select
        kind,
        incentive_id,
        currency
    from spent
    union
    select
        'coupon' as kind,
        incentive_id,
        currency
    from used
    union
    select
        kind,
        incentive_id,
        currency
    from arms
    union
    select
        'points' as kind,
        points.incentive_id,
        house.currency
    from points
    cross join house
),

measured as (
    select
        pairs.kind,
        pairs.incentive_id,
        pairs.currency,
        sizes.aimed_at,
        sizes.n_treated,
        sizes.n_held_out,
        coalesce(arms.n_bought_treated, 0) as n_bought_treated,
        coalesce(arms.n_bought_held_out, 0) as n_bought_held_out,
        coalesce(effects.verdict = 'unbalanced', false) as is_unbalanced,
        sizes.n_treated > 0 and sizes.n_held_out > 0 as is_compared,
        cast(coalesce(arms.net_treated, 0) as double) / nullif(sizes.n_treated, 0) as net_treated_minor,
        cast(coalesce(arms.net_held_out, 0) as double) / nullif(sizes.n_held_out, 0) as net_held_out_minor,
        {{ variance_of_mean(
            'coalesce(arms.net_treated, 0)', 'coalesce(arms.squares_treated, 0)', 'sizes.n_treated'
        ) }} as variance_treated,
        {{ variance_of_mean(
            'coalesce(arms.net_held_out, 0)', 'coalesce(arms.squares_held_out, 0)', 'sizes.n_held_out'
        ) }} as variance_held_out
    from pairs
    inner join sizes on pairs.kind = sizes.kind and pairs.incentive_id = sizes.incentive_id
    left join arms
        on pairs.kind = arms.kind and pairs.incentive_id = arms.incentive_id and pairs.currency = arms.currency
    left join effects on pairs.incentive_id = effects.campaign_id
),

-- The mixture is as wide, beside the spread of what members bring, as that of shares beside theirs.
weighed as (
    select
        *,
        {{ share('n_bought_treated', 'n_treated') }}
        - {{ share('n_bought_held_out', 'n_held_out') }} as bought_difference,
        net_treated_minor - net_held_out_minor as net_difference_minor,
        {{ difference_variance(
            'n_bought_treated', 'n_treated', 'n_bought_held_out', 'n_held_out'
        ) }} as bought_variance,
        variance_treated + variance_held_out as net_variance,
        4e0 * power({{ rules.mixture_sd }}e0, 2) * (
            variance_treated * n_treated * (n_treated - 1) + variance_held_out * n_held_out * (n_held_out - 1)
        ) / nullif(n_treated + n_held_out - 2, 0) as net_tau2
    from measured
),

bounded as (
    select
        *,
        case
            when is_compared and not is_unbalanced
                then {{ anytime_half_width('bought_variance', rules.alpha ~ 'e0') }}
        end as bought_half_width,
        case
            when
                is_compared
                and not is_unbalanced
                and net_variance > 0
                and least(n_treated, n_held_out) >= {{ least.members }}
                and least(n_bought_treated, n_bought_held_out) >= {{ least.payers }}
                then {{ anytime_half_width('net_variance', rules.alpha ~ 'e0', 'net_tau2') }}
        end as net_half_width
    from weighed
),

limited as (
    select
        *,
        {{ within_one('bought_difference - bought_half_width') }} as bought_difference_low,
        {{ within_one('bought_difference + bought_half_width') }} as bought_difference_high,
        round(net_difference_minor - net_half_width, 4) as net_difference_low_minor,
        round(net_difference_minor + net_half_width, 4) as net_difference_high_minor
    from bounded
),

judged as (
    select
        {% for verdict, low, high in [
            ('bought_verdict', 'bought_difference_low', 'bought_difference_high'),
            ('net_verdict', 'net_difference_low_minor', 'net_difference_high_minor'),
        ] %}
            case
                when not is_compared then 'no_comparison'
                when is_unbalanced then 'unbalanced'
                when {{ low }} > 0 then 'works'
                when {{ high }} < 0 then 'harms'
                else 'cannot_tell'
            end as {{ verdict }},
        {% endfor %}
        *
    from limited
),

final as (
    select
        pairs.kind,
        pairs.incentive_id,
        pairs.currency,
        cast(case when collected.has_actions then coalesce(issued.n_issued, 0) end as bigint) as n_issued,
        cast(case when collected.has_actions then coalesce(issued.n_members, 0) end as bigint) as n_members,
        cast(
            case when collected.has_actions and pairs.kind = 'coupon' then coalesce(issued.n_redeemed, 0) end as bigint
        ) as n_redeemed,
        cast(
            case when collected.has_actions and pairs.kind = 'coupon' then coalesce(issued.n_expired, 0) end as bigint
        ) as n_expired,
        case when pairs.kind = 'coupon' then {{ share('issued.n_redeemed', 'issued.n_issued') }} end as redemption_rate,
        case when pairs.kind = 'coupon' then cast(coalesce(used.n_uses, 0) as bigint) end as n_uses,
        cast(
            case when collected.has_actions and pairs.kind = 'coupon' then coalesce(used.n_uses_unissued, 0) end
            as bigint
        ) as n_uses_unissued,
        cast(case when pairs.kind = 'points' then coalesce(points.points_issued, 0) end as bigint) as points_issued,
        cast(case when pairs.kind = 'points' then coalesce(points.points_spent, 0) end as bigint) as points_spent,
        cast(case when pairs.kind = 'points' then coalesce(points.points_expired, 0) end as bigint) as points_expired,
        cast(case when pairs.kind = 'coupon' then coalesce(used.gross_minor, 0) end as bigint) as gross_minor,
        cast(case when pairs.kind = 'coupon' then coalesce(used.discount_minor, 0) end as bigint) as discount_minor,
        cast(case when pairs.kind = 'coupon' then coalesce(used.net_minor, 0) end as bigint) as net_minor,
        cast(coalesce(spent.cost_minor, 0) as bigint) as cost_minor,
        judged.aimed_at,
        judged.n_treated,
        judged.n_held_out,
        cast(judged.n_bought_treated as bigint) as n_bought_treated,
        cast(judged.n_bought_held_out as bigint) as n_bought_held_out,
        round(judged.bought_difference, 8) as bought_difference,
        judged.bought_difference_low,
        judged.bought_difference_high,
        coalesce(judged.bought_verdict, 'no_comparison') as bought_verdict,
        round(judged.net_treated_minor, 4) as net_treated_minor,
        round(judged.net_held_out_minor, 4) as net_held_out_minor,
        round(judged.net_difference_minor, 4) as net_difference_minor,
        judged.net_difference_low_minor,
        judged.net_difference_high_minor,
        coalesce(judged.net_verdict, 'no_comparison') as net_verdict,
        issued.first_day,
        issued.last_day
    from pairs
    cross join collected
    left join issued on pairs.kind = issued.kind and pairs.incentive_id is not distinct from issued.incentive_id
    left join used
        on
            pairs.kind = 'coupon'
            and pairs.incentive_id is not distinct from used.incentive_id
            and pairs.currency = used.currency
    left join spent
        on
            pairs.kind = spent.kind
            and pairs.incentive_id is not distinct from spent.incentive_id
            and pairs.currency = spent.currency
    left join points on pairs.kind = 'points' and pairs.incentive_id = points.incentive_id
    left join judged
        on
            pairs.kind = judged.kind
            and pairs.incentive_id = judged.incentive_id
            and pairs.currency = judged.currency
)

select * from final
