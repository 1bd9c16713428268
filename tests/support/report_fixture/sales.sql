-- Six months of payments in two currencies, the last of them not over: terms, two pieces and a ticket a month, one of the
-- pieces paid back. Members 1 to 30 buy in their first month, some again.
insert into marts.payments by name
select 's' as source, what || month || i as payment_id, what as paid_for, 'payment' as movement, 'm' || i as member_id,
    case what when 'content' then 'c' || i % 2 end as content_id, case what when 'event' then 'e1' end as event_id,
    'CNY' as currency, amount as gross_minor, 0 as refund_minor, 0 as fee_minor, amount as net_minor,
    month::date as month, month::date + 5 as day
from range(date '2026-06-01', date '2026-12-01', interval 1 month) as months (month)
cross join range(1, 31) as members (i)
cross join (values ('subscription', 9900), ('content', 1900), ('event', 4900)) as sold (what, amount);

insert into marts.payments by name
select 's' as source, 'refund' as payment_id, 'content' as paid_for, 'refund' as movement, 'm1' as member_id,
    'c1' as content_id, 'CNY' as currency, 0 as gross_minor, 1900 as refund_minor, 0 as fee_minor,
    -1900 as net_minor, date '2026-10-01' as month, date '2026-10-09' as day
union all by name
select 's' as source, 'yen' as payment_id, 'content' as paid_for, 'payment' as movement, 'm9' as member_id,
    'c1' as content_id, 'JPY' as currency, 500 as gross_minor, 0 as refund_minor, 0 as fee_minor,
    500 as net_minor, date '2026-10-01' as month, date '2026-10-09' as day;

insert into marts.paid_content by name
select 'c' || i as content_id, 'article' as kind, case when i = 1 then $hostile end as title, i < 3 as is_paid,
    1900 as price_minor, 'CNY' as currency, 90 - i as n_buyers, 170000 - i as net_minor, 0.01 as refund_rate,
    0.0 as refund_rate_low, 0.05 as refund_rate_high, 0.5 as completion_rate, 0.4 as completion_rate_low,
    0.6 as completion_rate_high, 400 as n_readers, 300 as n_readers_30d, 0.2 as readers_bought_30d,
    0.16 as readers_bought_30d_low, 0.25 as readers_bought_30d_high, 10 as n_topic_readers_30d,
    0.1 as topic_readers_bought_30d, 0.0 as topic_readers_bought_30d_low, 0.4 as topic_readers_bought_30d_high,
    425000.0 as net_per_1000_readers_minor, 7 - i as n_scores, 4.2 as mean_score, date '2026-06-01' as published_day
from range(4) as pieces (i);

insert into marts.price_changes by name
select 'c' || i as content_id, date '2026-09-01' - i::int as change_day, 'lowered' as direction, 2900 as old_price_minor,
    1900 as new_price_minor, 'CNY' as currency, 30 as n_purchases_before, 40 as n_purchases_after,
    1.0 as purchases_per_day_before, 1.33 as purchases_per_day_after, 2900.0 as net_per_day_before_minor,
    2533.3 as net_per_day_after_minor, verdict
from (values (1, 'more_after'), (2, 'fewer_after'), (3, 'cannot_tell'), (4, null)) as changes (i, verdict);

insert into marts.event_sales by name
select 'e' || i as event_id, 'CNY' as currency, 'talk' as kind, case when i = 2 then $hostile end as title, 30 as n_sold,
    1 as n_refunded, 142100 as net_minor, 90000 as cost_minor, 52100 as result_minor, 25 as n_attended,
    3600.0 as cost_per_attendee_minor, 20 as n_after_attended, 12 as n_after_no_show,
    -1200.0 as after_difference_minor, case when i > 1 then -4100.0 end as after_difference_low_minor,
    case when i > 1 then 1700.0 end as after_difference_high_minor, date '2026-10-06' - 7 * i::int as starts_day
from range(1, 5) as events (i)
union all by name
select null as event_id, 'CNY' as currency, 1 as n_sold, 0 as n_refunded, 4900 as net_minor, null as cost_minor;

insert into marts.cohort_value by name
select dimension, value, 'CNY' as currency, age as age_months, n as n_members, n // 3 as n_payers, 9000.0 * age as mean_net_minor,
    case when n > 100 then 8000.0 * age end as mean_net_low_minor, case when n > 100 then 10000.0 * age end as mean_net_high_minor
from (values ('all', 'all', 400), ('referrer', $hostile, 200), ('referrer', 'unknown', 60), ('referrer', 'few', 3)) as s (dimension, value, n)
cross join (values (1), (3), (6)) as ages (age);

-- A coupon with arms, one without, and points.
insert into marts.incentives by name
select 'coupon' as kind, 'autumn' as incentive_id, 'CNY' as currency, 120 as n_issued, 30 as n_redeemed,
    0.25 as redemption_rate, 33 as n_uses, 80000 as gross_minor, 6000 as discount_minor, 79000 as net_minor,
    0 as cost_minor, 118 as n_treated, 112 as n_held_out, 30 as n_bought_treated, 12 as n_bought_held_out,
    0.147 as bought_difference, 0.04 as bought_difference_low, 0.25 as bought_difference_high, 'works' as bought_verdict,
    -120.0 as net_difference_minor, -410.0 as net_difference_low_minor, 170.0 as net_difference_high_minor,
    'cannot_tell' as net_verdict, date '2026-10-20' as last_day
union all by name
select 'coupon' as kind, $hostile as incentive_id, 'CNY' as currency, 10 as n_issued, 5 as n_redeemed,
    0.5 as redemption_rate, 0 as cost_minor, 'no_comparison' as bought_verdict, 'no_comparison' as net_verdict,
    date '2026-10-01' as last_day
union all by name
select 'points' as kind, '2026-10-01' as incentive_id, 'XXX' as currency, 900 as points_issued, 400 as points_spent,
    1200 as cost_minor, 'no_comparison' as bought_verdict, 'no_comparison' as net_verdict, date '2026-10-31' as last_day
union all by name
select 'coupon' as kind, 'old' as incentive_id, 'CNY' as currency, 10 as n_issued, 'no_comparison' as bought_verdict,
    'no_comparison' as net_verdict, date '2025-11-18' as last_day;
