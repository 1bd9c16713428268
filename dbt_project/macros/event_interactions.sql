{% macro attending_interactions() -%} {{ in_list(var('event_interactions')['attended']) }} {%- endmacro %}

{% macro activity_logs() -%}
    {{ in_list(var('activity_logs') + (['event_participation'] if active_by_events() else [])) }}
{%- endmacro %}
