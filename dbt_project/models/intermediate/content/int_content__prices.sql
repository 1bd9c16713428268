-- What a piece cost from which day on, for pieces that cost something at some time. A version that a later one dates
-- itself before, or at the same moment, was put right by it and never was a price.
with

lake as (
    select * from {{ source('lake', 'content') }}
),

pieces as (
    select * from {{ ref('stg_lake__content') }}
),

priced as (
    select distinct
        source,
        content_id
    from lake
    where access = 'paid' or (access is null and price_minor > 0)
),

versions as (
    select
        lake.content_id,
        pieces.published_day,
        coalesce(lake.access = 'paid', lake.price_minor > 0, false) as is_paid,
        lake.price_minor,
        lake.occurred_at,
        lake.event_day,
        row_number() over (
            partition by lake.content_id
            order by {{ best_version_last('lake', 'content') }}
        ) as version_number
    from lake
    inner join priced on lake.source = priced.source and lake.content_id = priced.content_id
    inner join pieces on lake.source = pieces.source and lake.content_id = pieces.content_id
    where lake.op = 'upsert'
),

followed as (
    select
        *,
        min(occurred_at) over (
            partition by content_id order by version_number rows between 1 following and unbounded following
        ) as followed_at
    from versions
),

dated as (
    select
        *,
        row_number() over (partition by content_id, event_day order by version_number desc) as back_in_day
    from followed
    where followed_at is null or occurred_at < followed_at
),

compared as (
    select
        content_id,
        published_day,
        event_day,
        is_paid,
        case when is_paid then price_minor end as price_minor,
        lag(is_paid) over in_order as old_is_paid,
        lag(case when is_paid then price_minor end) over in_order as old_price_minor,
        row_number() over in_order = 1 as is_first
    from dated
    where back_in_day = 1
    window in_order as (partition by content_id order by version_number)
),

-- The first version that stands holds since the piece was published.
changes as (
    select
        *,
        case when is_first then least(published_day, event_day) else event_day end as from_day
    from compared
    where is_first or is_paid <> old_is_paid or price_minor is distinct from old_price_minor
),

final as (
    select
        content_id,
        from_day,
        lead(from_day) over (partition by content_id order by from_day) as to_day,
        is_paid,
        price_minor,
        old_is_paid,
        old_price_minor,
        cast(row_number() over (partition by content_id order by from_day) as bigint) as price_number
    from changes
)

select * from final
