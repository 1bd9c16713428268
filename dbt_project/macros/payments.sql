{# What a payment is for, and what does not fit: the mart of payments and the rules between logs judge alike. #}

{% macro judged_payments(payments) %}
    select
        running.*,
        case when {{ has_rows(ref('int_members__state_spans')) }} then known.member_id is null end as member_unknown,
        case
            when running.subscription_id is not null and {{ has_rows(ref('stg_lake__subscriptions')) }}
                then owned.subscription_id is null
        end as subscription_unknown,
        case
            when running.event_id is not null and {{ has_rows(ref('stg_lake__events')) }} then planned.event_id is null
        end as event_unknown,
        case
            when running.content_id is not null and {{ has_rows(ref('stg_lake__content')) }} then pieces.content_id is null
        end as content_unknown,
        case
            when pieces.access is not null and not running.is_refund
                then pieces.access = 'free' and not pieces.was_paid
        end as content_free,
        case when not running.is_refund then running.currency <> usual.currency end as content_currency_differs,
        case
            when running.gives_back and running.n_times_paid > 0 and running.n_times_paid_alike = 0 then true
            when owned.has_currency then priced.currency is null
        end as currency_differs,
        case when running.gives_back then running.n_times_paid = 0 end as refund_unpaid,
        case when running.gives_back then running.refunded_minor > running.paid_minor end as refund_too_large
    from (
        select
            *,
            is_refund and paid_thing is not null as gives_back,
            count(case when not is_refund then 1 end) over (partition by paid_thing) as n_times_paid,
            count(case when not is_refund then 1 end) over (partition by paid_thing, currency) as n_times_paid_alike,
            sum(case when not is_refund then amount_minor end) over (
                partition by paid_thing, currency
            ) as paid_minor,
            sum(case when is_refund then abs(amount_minor) end) over (
                partition by paid_thing, currency
                order by occurred_at, source, payment_id
                rows between unbounded preceding and current row
            ) as refunded_minor
        from (
            select
                *,
                {{ is_refund() }} as is_refund,
                coalesce(
                    's ' || subscription_id, 'e ' || event_id || ' ' || member_id, 'c ' || content_id || ' ' || member_id
                ) as paid_thing
            from {{ payments }}
        ) as referred
    ) as running
    left join (
        {{ known_members() }}
    ) as known on running.member_id = known.member_id
    left join (
        select
            subscription_id,
            count(currency) > 0 as has_currency
        from {{ ref('stg_lake__subscriptions') }}
        group by subscription_id
    ) as owned on running.subscription_id = owned.subscription_id
    left join (
        select distinct
            subscription_id,
            currency
        from {{ ref('stg_lake__subscriptions') }}
    ) as priced on running.subscription_id = priced.subscription_id and running.currency = priced.currency
    left join (
        select distinct event_id
        from {{ ref('stg_lake__events') }}
    ) as planned on running.event_id = planned.event_id
    left join (
        select
            content.content_id,
            max(content.access) as access,
            max(case when prices.is_paid then 1 else 0 end) = 1 as was_paid
        from {{ ref('stg_lake__content') }} as content
        left join {{ ref('int_content__prices') }} as prices on content.content_id = prices.content_id
        group by content.content_id
    ) as pieces on running.content_id = pieces.content_id
    left join (
        {{ usual_currencies(payments) }}
    ) as usual on running.content_id = usual.content_id
{% endmacro %}

{% macro usual_currencies(payments) %}
    select
        content_id,
        currency
    from (
        select
            content_id,
            currency,
            row_number() over (
                partition by content_id
                order by count(*) filter (where not {{ is_refund() }}) desc, min(occurred_at), currency
            ) as place
        from {{ payments }}
        where content_id is not null
        group by content_id, currency
    ) as ranked
    where place = 1
{% endmacro %}

{% macro is_refund() -%} (coalesce(kind = 'refund', false) or amount_minor < 0) {%- endmacro %}
