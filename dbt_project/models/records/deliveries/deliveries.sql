with

deliveries as (
    select * from {{ source('ledger', 'deliveries') }}
),

final as (
    select
        delivery_id,
        log,
        log_day,
        file,
        bytes,
        delivered,
        accepted,
        quarantined,
        status,
        reason,
        ingested_at,
        run_id
    from deliveries
)

select * from final
