with

manifest as (
    select * from {{ source('control', 'manifest') }}
),

logs as (
    select l.log
    from (values {% for node in graph.sources.values() if node.source_name == 'lake' and node.name != 'quarantine' -%}
        ('{{ node.name }}'){{ ', ' if not loop.last }}
    {%- endfor %}) as l (log)
),

delivered as (
    select
        logs.log,
        cast(coalesce(sum(manifest.n_rows), 0) as bigint) as n_rows,
        min(manifest.log_day) as first_log_day,
        max(manifest.log_day) as last_log_day,
        count(distinct manifest.log_day) as n_log_days
    from logs
    left join manifest on logs.log = manifest.log
    group by logs.log
),

silences as (
    select * from {{ ref('int_deliveries__silences') }}
),

final as (
    select
        delivered.log,
        delivered.n_rows > 0 as is_collected,
        silences.n_silent_days,
        silences.is_late,
        delivered.first_log_day,
        delivered.last_log_day,
        delivered.n_log_days,
        delivered.n_rows
    from delivered
    left join silences on delivered.log = silences.log
)

select * from final
