{# Whether registering and attending make a member active. #}
{% macro active_by_events() %}
    {{ return(env_var('GUILDBOOK_ACTIVE_BY_EVENTS', 'False') | lower == 'true') }}
{% endmacro %}

{# Acts at an event that may stand for having attended it. #}
{% macro attending_acts() -%} {{ in_list(var('event_acts')['attended']) }} {%- endmacro %}

{# Logs whose rows make members active: where one of a day is held out or out, nobody knows who was active on it. #}
{% macro activity_logs() %}
    {{ return(var('activity_logs') + (['event_participation'] if active_by_events() else [])) }}
{% endmacro %}
