-- Sales of pieces are the payments for content, by month and currency; a piece brought its sales in its own currency.
with

paid as (
    select
        month,
        currency,
        count(*) filter (where movement = 'payment') as n_purchases,
        sum(discount_minor) filter (where movement = 'payment') as discount_minor,
        sum(gross_minor) as gross_minor,
        sum(refund_minor) as refund_minor,
        coalesce(sum(fee_minor), 0) as fee_minor,
        sum(net_minor) as net_minor
    from {{ ref('payments') }}
    where paid_for = 'content'
    group by month, currency
),

sold as (
    select
        month,
        currency,
        sum(n_purchases) as n_purchases,
        sum(n_first_purchases + n_repeat_purchases) as n_numbered,
        sum(discount_minor) as discount_minor,
        sum(gross_minor) as gross_minor,
        sum(refund_minor) as refund_minor,
        sum(fee_minor) as fee_minor,
        sum(net_minor) as net_minor
    from {{ ref('content_sales') }}
    group by month, currency
),

by_piece as (
    select
        content_sales.content_id,
        sum(content_sales.n_purchases) filter (
            where content_sales.currency <> paid_content.currency
        ) as n_in_other_currencies,
        {% for column in ['discount_minor', 'gross_minor', 'refund_minor', 'fee_minor', 'net_minor'] %}
            sum(content_sales.{{ column }}) filter (
                where content_sales.currency = paid_content.currency
            ) as {{ column }},
        {% endfor %}
        sum(content_sales.n_purchases) as n_purchases
    from {{ ref('content_sales') }} as content_sales
    left join {{ ref('paid_content') }} as paid_content on content_sales.content_id = paid_content.content_id
    where content_sales.content_id is not null
    group by content_sales.content_id
)

select
    cast(null as string) as content_id,
    coalesce(paid.month, sold.month) as month,
    coalesce(paid.currency, sold.currency) as currency
from paid
full outer join sold on paid.month = sold.month and paid.currency = sold.currency
where
    paid.n_purchases is distinct from sold.n_purchases
    or paid.n_purchases is distinct from sold.n_numbered
    or coalesce(paid.discount_minor, 0) is distinct from sold.discount_minor
    or paid.gross_minor is distinct from sold.gross_minor
    or paid.refund_minor is distinct from sold.refund_minor
    or paid.fee_minor is distinct from sold.fee_minor
    or paid.net_minor is distinct from sold.net_minor
    or sold.net_minor <> sold.gross_minor - sold.refund_minor - sold.fee_minor
union all
select
    coalesce(by_piece.content_id, paid_content.content_id) as content_id,
    cast(null as date) as month,
    paid_content.currency
from by_piece
full outer join {{ ref('paid_content') }} as paid_content on by_piece.content_id = paid_content.content_id
where
    coalesce(by_piece.n_purchases, 0) is distinct from coalesce(paid_content.n_purchases, 0)
    or coalesce(by_piece.n_in_other_currencies, 0) is distinct from coalesce(paid_content.n_in_other_currencies, 0)
    or by_piece.discount_minor is distinct from paid_content.discount_minor
    or by_piece.gross_minor is distinct from paid_content.gross_minor
    or by_piece.refund_minor is distinct from paid_content.refund_minor
    or by_piece.fee_minor is distinct from paid_content.fee_minor
    or by_piece.net_minor is distinct from paid_content.net_minor
