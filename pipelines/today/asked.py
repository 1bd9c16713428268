"""What waits and what is planned: questions without a response now, events of today, money that came in today."""

from __future__ import annotations

from pipelines.report.parts.database import Marts, Result
from pipelines.sql import any_of
from pipelines.today.rows import Moment
from pipelines.warehouse.variables import variables

_OPEN_DAYS = 30
"""Days after which a question waits no more, as on the other pages."""


def questions(marts: Marts, moment: Moment) -> Result:
    """Questions that nobody else has responded to, the longest waiting first: those published and those of today."""
    kinds = any_of(variables()["response_kinds"])
    return marts.run(
        "today_questions",
        f"""
        with
        asked as (
            select answer_times.question_id, asker_id, answer_times.channel, title, asked_at, false as is_new
            from marts.answer_times
            left join marts.dim_content on answer_times.question_id = dim_content.content_id
            where is_censored and asked_day > {moment.today} - {_OPEN_DAYS}
                and answer_times.question_id not in (
                    select content_id from today_content where op = 'delete' or deleted_at is not null
                )
            union all
            select content_id, author_id, channel, title, published_at, true
            from today_content
            left join today_spans on author_id = today_spans.member_id and {moment.today} between from_day and to_day
            where kind = 'question' and op = 'upsert' and deleted_at is null and published_day = {moment.today}
                and today_spans.member_id is null
        ),

        responses as (
            select parent_id, root_id, author_id
            from today_content
            where kind in {kinds} and op = 'upsert' and deleted_at is null and not exists (
                select 1 from today_spans
                where author_id = today_spans.member_id and role = 'bot' and {moment.today} between from_day and to_day
            )
        ),

        -- the nightly run erases them
        gone as (
            select member_id from today_states where status = 'erased'
        )

        select
            coalesce(title, question_id) as title,
            channel,
            asker_id,
            asked_at,
            is_new,
            date_diff('second', asked_at, {moment.until}) / 3600 as observed_hours,
            question_id,
        from asked
        where not exists (
            select 1 from responses
            where asked.question_id in (responses.parent_id, responses.root_id)
                and responses.author_id is distinct from asked.asker_id
        ) and not exists (select 1 from gone where gone.member_id = asked.asker_id)
        order by asked_at, question_id
        """,
    )


def events(marts: Marts, moment: Moment) -> Result:
    """Events that start today, with whom they have: registered before today, registered and there today."""
    return marts.run(
        "today_events",
        f"""
        with
        planned as (
            select event_id, title, kind, starts_at, capacity from marts.dim_events
            where event_id not in (select event_id from today_events)
            union all
            select event_id, title, kind, starts_at, capacity from today_events where op = 'upsert'
        ),

        today as (
            select
                event_id,
                count(distinct member_id) filter (where state = 'registered') as n_new,
                count(distinct member_id) filter (where state = 'attended') as n_attended,
            from today_participation where day = {moment.today} group by event_id
        )

        select
            coalesce(planned.title, event_id) as title,
            planned.kind,
            timezone(current_setting('TimeZone'), planned.starts_at at time zone 'UTC') as starts_at,
            planned.capacity,
            coalesce(event_performance.n_registered, 0) as n_registered,
            coalesce(today.n_new, 0) as n_new,
            coalesce(today.n_attended, 0) as n_attended,
            event_id,
        from planned
        left join marts.event_performance using (event_id)
        left join today using (event_id)
        where timezone(current_setting('TimeZone'), planned.starts_at at time zone 'UTC')::date = {moment.today}
        order by planned.starts_at, event_id
        """,
    )


def money(marts: Marts, moment: Moment) -> Result:
    """Payments so far by currency, against those of the usual days by this hour; refunds beside them."""
    days = ", ".join(f"(date '{one}')" for one in (moment.day, *moment.usual_days))
    return marts.run(
        "today_money",
        f"""
        with
        days as (
            select d.day, c.currency
            from (values {days}) as d (day)
            cross join (select distinct currency from today_payments) as c
        ),

        paid as (
            select
                days.day, days.currency,
                coalesce(sum(amount_minor) filter (where amount_minor > 0), 0)::bigint as received_minor,
                coalesce(-sum(amount_minor) filter (where amount_minor < 0), 0)::bigint as paid_back_minor,
                count(distinct member_id) filter (where amount_minor > 0) as n_payers,
                count(distinct member_id) filter (where amount_minor < 0) as n_paid_back,
            from days
            left join today_payments as payments
                on days.day = payments.day and days.currency = payments.currency and second <= {moment.seconds}
            group by days.day, days.currency
        ),

        usual as (
            select
                currency,
                count(*) as n_weeks,
                min(n_payers) filter (where n_payers > 0) as n_fewest,
                min(received_minor) as least_received_minor,
                max(received_minor) as most_received_minor,
            from paid where day <> {moment.today} group by currency
        )

        select
            currency, received_minor, paid_back_minor, n_payers, n_paid_back, n_weeks, n_fewest, least_received_minor,
            most_received_minor,
        from paid left join usual using (currency)
        where day = {moment.today}
        order by received_minor desc, currency
        """,
    )
