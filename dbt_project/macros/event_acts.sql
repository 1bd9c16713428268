{% macro attending_acts() -%} {{ in_list(var('event_acts')['attended']) }} {%- endmacro %}

{% macro activity_logs() -%}
    {{ in_list(var('activity_logs') + (['event_participation'] if active_by_events() else [])) }}
{%- endmacro %}
