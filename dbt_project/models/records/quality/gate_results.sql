with

results as (
    select * from {{ source('ledger', 'gate_results') }}
),

waivers as (
    select distinct
        table_name,
        day
    from {{ source('ledger', 'waivers') }}
),

final as (
    select
        results.gate,
        results.table_name,
        results.day,
        results.expectation,
        results.severity,
        results.is_passed,
        waivers.day is not null and not results.is_passed as is_waived,
        results.observed,
        results.expected,
        results.reason,
        results.run_id,
        results.checked_at
    from results
    left join waivers on results.table_name = waivers.table_name and results.day = waivers.day
)

select * from final
