{% macro islands(reach) -%}
    as_of_days as (
        select day from {{ days_to_build(reach) }}
    ),

    numbered_days as (
        select
            day,
            {{ days_since('day', "cast('1970-01-01' as date)") }} - row_number() over (order by day) as island_id
        from as_of_days
    ),

    islands as (
        select
            island_id,
            min(day) as first_day,
            max(day) as last_day
        from numbered_days
        group by island_id
    )
{%- endmacro %}
