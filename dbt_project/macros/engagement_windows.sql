{# Trailing windows of the engagement score, in days; the widest decides how far a change reaches. #}
{% macro engagement_windows() %}
    {% set windows = [] %}
    {% for part in env_var('GUILDBOOK_ENGAGEMENT_WINDOWS', '30').split(',') %}
        {% do windows.append(part | int) %}
    {% endfor %}
    {{ return(windows) }}
{% endmacro %}
