with

payments as (
    select * from {{ ref('payments') }}
    where paid_for = 'content'
),

content as (
    select * from {{ ref('dim_content') }}
),

final as (
    select
        content.content_id,
        payments.month,
        payments.currency,
        count(*) filter (where payments.movement = 'payment') as n_purchases,
        count(distinct payments.member_id) filter (where payments.movement = 'payment') as n_buyers,
        count(*) filter (where payments.purchase_number_of_kind = 1) as n_first_purchases,
        count(*) filter (where payments.purchase_number_of_kind > 1) as n_repeat_purchases,
        count(*) filter (where payments.movement = 'payment' and payments.coupon_id is not null) as n_with_coupon,
        cast(
            coalesce(sum(payments.discount_minor) filter (where payments.movement = 'payment'), 0) as bigint
        ) as discount_minor,
        cast(sum(payments.gross_minor) as bigint) as gross_minor,
        count(*) filter (where payments.movement = 'refund') as n_refunds,
        cast(sum(payments.refund_minor) as bigint) as refund_minor,
        cast(coalesce(sum(payments.fee_minor), 0) as bigint) as fee_minor,
        cast(sum(payments.net_minor) as bigint) as net_minor
    from payments
    left join content on payments.content_id = content.content_id
    group by content.content_id, payments.month, payments.currency
)

select * from final
