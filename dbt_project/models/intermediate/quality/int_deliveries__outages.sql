-- One stretch of days with next to nothing is judged as a whole: on one day few may come by chance, on many they don't.
with

usual as (
    select * from {{ ref('int_deliveries__usual') }}
),

numbered as (
    select
        log,
        day,
        n_rows,
        usual_rows,
        n_counted,
        expected_count,
        evenness,
        share_regular,
        is_next_to_nothing,
        case
            when is_next_to_nothing
                then
                    {{ days_since('day', "cast('1970-01-01' as date)") }}
                    - row_number() over (partition by log, is_next_to_nothing order by day)
        end as stretch_id
    from usual
),

stretches as (
    select
        log,
        stretch_id,
        count(*) as n_days,
        sum(n_counted) as n_counted,
        sum(expected_count) as expected_count,
        min(evenness) as evenness,
        min_by(share_regular, day) as share_regular
    from numbered
    where is_next_to_nothing
    group by log, stretch_id
),

judged as (
    select
        log,
        stretch_id,
        n_days,
        share_regular,
        round({{ chance_of_so_few('n_counted', 'expected_count', 'evenness') }}, 12) as chance_of_quiet
    from stretches
),

final as (
    select
        numbered.log,
        numbered.n_rows,
        numbered.usual_rows,
        numbered.share_regular,
        judged.n_days as n_quiet_days,
        judged.chance_of_quiet,
        coalesce(
            judged.share_regular >= {{ double(var('outage_regular_days')) }}
            and judged.chance_of_quiet < {{ double(var('outage_chance')) }},
            false
        ) as is_outage,
        numbered.day
    from numbered
    left join judged on numbered.log = judged.log and numbered.stretch_id = judged.stretch_id
)

select * from final
