{# Sums and spans of days. #}
{% macro add_days(day, n) -%} cast({{ day }} + cast({{ n }} as integer) as date) {%- endmacro %}

{% macro days_since(day, start) -%} cast(({{ day }}) - ({{ start }}) as bigint) {%- endmacro %}

{# The first day of the day's month. #}
{% macro month_of(day) -%} cast(date_trunc('month', {{ day }}) as date) {%- endmacro %}

{#
    How far a change of a day reaches, as of later days. A model's `meta.reach_days` names one of:
    acts (the changed days of the interactions log), 1 (the stale day itself), months (the month of the stale day, as
    its first day), a number of days, or window (the widest engagement window).
#}
{% macro reach_in_days(reach) -%} {{ engagement_windows() | max if reach == 'window' else reach }} {%- endmacro %}

{# The days that a model with this reach has to build in this run, as a subquery with one column, day. #}
{% macro days_to_build(reach) -%}
    {%- if reach == 'acts' -%} (select day from {{ ref('changed_act_days') }})
    {%- elif reach == 1 -%} (select day from {{ ref('stale_days') }})
    {%- elif reach == 'months' -%} (select distinct {{ month_of('day') }} as day from {{ ref('stale_days') }})
    {%- else -%} (select day from {{ ref('stale_as_of_days') }} where reach_days = {{ reach_in_days(reach) }})
    {%- endif -%}
{%- endmacro %}
