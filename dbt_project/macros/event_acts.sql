{# Acts at an event that may stand for having attended it. #}
{% macro attending_acts() -%} {{ in_list(var('event_acts')['attended']) }} {%- endmacro %}

{# Logs whose rows make members active, as the right side of `in`: what is held out of them leaves a gap. #}
{% macro activity_logs() -%}
    {{ in_list(var('activity_logs') + (['event_participation'] if active_by_events() else [])) }}
{%- endmacro %}
