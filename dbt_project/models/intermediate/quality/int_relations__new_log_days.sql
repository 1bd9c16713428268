-- Rules between logs are judged by what is new: a fault that is known does not stop every morning. A home that was last
-- completed before this was kept has nothing to compare with, so its last four weeks are taken.
with

manifest as (
    select * from {{ source('control', 'manifest') }}
),

build as (
    select * from {{ source('control', 'build') }}
),

completed_builds as (
    select * from {{ source('state', 'completed_builds') }}
),

completed as (
    select
        part,
        day,
        checksum
    from {{ source('state', 'completed_day_states') }}
    where part like 'delivered %'
),

delivered as (
    select
        log,
        log_day,
        cast(sum(checksum) as decimal(38, 0)) as checksum
    from manifest
    group by log, log_day
),

final as (
    select
        delivered.log,
        delivered.log_day
    from delivered
    cross join build
    left join completed on 'delivered ' || delivered.log = completed.part and delivered.log_day = completed.day
    where
        completed.checksum is distinct from delivered.checksum
        and (
            {{ has_rows('completed') }}
            or not {{ has_rows('completed_builds') }}
            or delivered.log_day > {{ add_days('build.through_day', -28) }}
        )
)

select * from final
