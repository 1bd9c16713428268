with

findings as (
    select * from {{ source('ledger', 'delivery_findings') }}
),

deliveries as (
    select * from {{ source('ledger', 'deliveries') }}
),

latest_deliveries as (
    select
        log,
        log_day,
        max(ingested_at) as ingested_at
    from deliveries
    group by 1, 2
),

-- A delivery made anew has findings of its own; those of the one before it stand no more.
found_in_deliveries as (
    select findings.*
    from findings
    inner join latest_deliveries
        on
            findings.log = latest_deliveries.log
            and findings.log_day = latest_deliveries.log_day
            and findings.found_at = latest_deliveries.ingested_at
),

seen_in_landing as (
    select
        *,
        row_number() over (partition by name order by found_at desc) as place
    from findings
    where log_day is null
),

last_seen_in_landing as (
    select *
    from seen_in_landing
    where place = 1 and not coalesce(is_gone, false)
),

final as (
    {% for step in ['found_in_deliveries', 'last_seen_in_landing'] %}
        select
            log,
            log_day,
            finding,
            name,
            n_rows,
            said,
            cure,
            found_at,
            run_id
        from {{ step }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
