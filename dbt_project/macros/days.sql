{# Sums and spans of days. #}
{% macro add_days(day, n) -%} cast({{ day }} + cast({{ n }} as integer) as date) {%- endmacro %}

{% macro days_since(day, start) -%} cast(({{ day }}) - ({{ start }}) as bigint) {%- endmacro %}

{% macro month_of(day) -%} cast(date_trunc('month', {{ day }}) as date) {%- endmacro %}

{% macro months_since(day, start) -%}
    cast(
        12 * (extract(year from {{ day }}) - extract(year from {{ start }}))
        + extract(month from {{ day }}) - extract(month from {{ start }})
        - case when extract(day from {{ day }}) < extract(day from {{ start }}) then 1 else 0 end
        as bigint
    )
{%- endmacro %}

{% macro reach_in_days(reach) -%} {{ engagement_windows() | max if reach == 'window' else reach }} {%- endmacro %}

{% macro days_to_build(reach) -%}
    {%- if reach == 'interactions' -%} (select day from {{ ref('changed_interaction_days') }})
    {%- elif reach == 1 -%} (select day from {{ ref('stale_days') }})
    {%- elif reach == 'months' -%} (select distinct {{ month_of('day') }} as day from {{ ref('stale_days') }})
    {%- else -%} (select day from {{ ref('stale_as_of_days') }} where reach_days = {{ reach_in_days(reach) }})
    {%- endif -%}
{%- endmacro %}

{% macro days_before_features(n) -%}
    select distinct {{ each_day(add_days('as_of_day', 1 - n), 'as_of_day') }} as day
    from {{ source('control', 'feature_days') }}
{%- endmacro %}
