{{ config(post_hook=["{{ keep_pending('as_of') }}"]) }}

-- As-of days to rebuild: a stale day reaches as many days forward as a model looks back.
with

stale as (
    select day from {{ ref('stale_days') }}
),

states as (
    select * from {{ ref('as_of_states') }}
),

completed as (
    select
        part,
        day,
        checksum
    from {{ source('state', 'completed_day_states') }}
    where part in ('first_seen', 'first_active', 'joined')
),

build as (
    select * from {{ source('control', 'build') }}
),

reaches as (
    select distinct reach.reach_days
    from (values (31), (59), ({{ reach_in_days('window') }})) as reach (reach_days)
),

moved as (
    select coalesce(states.day, completed.day) as day
    from states
    full outer join completed on states.part = completed.part and states.day = completed.day
    where states.checksum is distinct from completed.checksum
),

touched as (
    select day from stale
    union
    select day from moved
),

reached as (
    select
        reaches.reach_days,
        {{ each_day('touched.day', add_days('touched.day', 'reaches.reach_days - 1')) }} as day
    from touched
    cross join reaches
),

unioned as (
    select * from reached
    union
    select
        reach_days,
        day
    from {{ source('state', 'pending_days') }}
    where kind = 'as_of'
),

final as (
    select
        unioned.reach_days,
        unioned.day
    from unioned
    cross join build
    where unioned.day between build.first_day and build.through_day
)

select * from final
