-- What the pages of one member, piece or event hold: m5 has done everything, and the member of the hostile id some of it.
update marts.dim_members set lifecycle = 'at_risk', referrer = 'search' where member_id = 'm5';
update marts.dim_members set status = 'left' where member_id = 'm7';
insert into marts.dim_events by name
select event_id, kind, title, starts_day, 'm5' as host_id, 'online' as mode, 40 as capacity from marts.event_performance;
insert into marts.dim_content by name
select content_id, kind, title, channel, author_id, published_day, $hostile as tags from marts.content_performance;
insert into marts.dim_content by name
select 'a' || i as content_id, 'answer' as kind, 'm' || i as author_id, 'q3' as parent_id, 'q3' as root_id,
    date '2026-11-17' as published_day, timestamp '2026-11-17 10:00' as published_at
from range(5, 9) as answers (i);
insert into marts.dim_content by name
select 'x1' as content_id, 'article' as kind, $hostile as title, 'm5' as author_id, date '2026-11-02' as published_day;
insert into marts.member_content by name
select 'm' || i as member_id, 'q' || j as content_id, i % 3 as n_reads, j % 2 as n_interactions,
    date '2026-11-01' + (i % 14)::int as first_read_day, date '2026-11-01' + (i % 14)::int as last_read_day,
    case when j % 2 = 1 then date '2026-11-15' end as first_interaction_day,
    case when j % 2 = 1 then date '2026-11-15' end as last_interaction_day
from range(5, 60) as members (i), range(1, 12) as pieces (j);
-- a member is at an event once: these take the place of those that were there
delete from marts.member_events where member_id in (select 'm' || i from range(5, 90) as members (i)) and event_id in ('e1', 'e2', 'e3');
insert into marts.member_events by name
select 'm' || i as member_id, 'e' || j as event_id,
    case when (i + j) % 3 = 0 then 'no_show' when i % 7 = 0 then 'invited' else 'attended' end as state,
    (i + j) % 3 = 0 or i % 7 > 0 as is_registered, (i + j) % 3 > 0 and i % 7 > 0 as is_attended, (i + j) % 3 = 0 as is_no_show,
    case when i % 2 = 0 then 4.0 end as csat_score, 3 as n_active_days_before, 5 as n_active_days_after,
    date '2026-11-19' - 7 * j::int as starts_day
from range(5, 90) as members (i), range(1, 4) as events (j);
insert into marts.points_ledger by name
select 's' as source, 'a' || n as action_id, case n when 1 then 'earned' else 'spent' end as movement, 'm5' as member_id,
    case n when 1 then 100 else -30 end as points, case n when 1 then 100 else 70 end as balance,
    timestamp '2026-10-01 08:00' + to_days(n::int) as occurred_at, date '2026-10-01' + n::int as day
from range(1, 3) as numbers (n);
insert into marts.member_history by name
select 'm5' as member_id, make_date(2026, n, 1) as from_day, 'member' as role, 'active' as status,
    case n when 1 then 'basic' else $hostile end as plan, n = 2 as is_current
from range(1, 3) as numbers (n);
insert into marts.member_value by name
select 'm5' as member_id, 'CNY' as currency, 15000 as subscription_net_minor, 1900 as content_net_minor,
    0 as event_net_minor, 0 as other_net_minor, 16900 as net_minor;
insert into marts.member_actions by name
select 's' as source, 'x' || n as action_id, 'm5' as member_id, case n % 3 when 0 then 'coupon' else 'message' end as kind,
    $hostile as campaign_id, case when n % 3 = 0 then 'c' || n end as coupon_id, case n when 7 then 'held_out' else 'treated' end as arm,
    timestamp '2026-10-03 08:00' + to_days(n::int) as occurred_at, date '2026-10-03' + n::int as day
from range(1, 25) as numbers (n);
