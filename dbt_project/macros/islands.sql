{#
    CTEs `as_of_days`, `islands` of the days to build with this reach: stretches without a gap, so that a late row of an
    old day costs its own stretch and not everything since.
#}
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
