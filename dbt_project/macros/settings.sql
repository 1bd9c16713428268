{#
    The settings, each read here and nowhere else; only the profile, where no macro is known, reads its own. What
    they mean, and their bounds, is said in docs/settings.md.
#}

{% macro home_folder() %}{{ return(env_var('GUILDBOOK_HOME', 'data')) }}{% endmacro %}

{% macro timezone() %}{{ return(env_var('GUILDBOOK_TIMEZONE', 'Asia/Shanghai')) }}{% endmacro %}

{% macro horizon_days() %}{{ return(env_var('GUILDBOOK_CHURN_HORIZON_DAYS', '30') | int) }}{% endmacro %}

{% macro grace_days() %}{{ return(env_var('GUILDBOOK_RENEWAL_GRACE_DAYS', '7') | int) }}{% endmacro %}

{% macro engagement_windows() %}
    {% set windows = [] %}
    {% for part in env_var('GUILDBOOK_ENGAGEMENT_WINDOWS', '30').split(',') %}
        {% do windows.append(part | int) %}
    {% endfor %}
    {{ return(windows) }}
{% endmacro %}

{% macro engagement_high() %}{{ return(env_var('GUILDBOOK_ENGAGEMENT_HIGH', '0.6')) }}{% endmacro %}
{% macro engagement_medium() %}{{ return(env_var('GUILDBOOK_ENGAGEMENT_MEDIUM', '0.2')) }}{% endmacro %}

{% macro active_by_events() %}
    {{ return(env_var('GUILDBOOK_ACTIVE_BY_EVENTS', 'False') | lower == 'true') }}
{% endmacro %}

{% macro treated_shares() %}
    {{ return(env_var('GUILDBOOK_TREATED_SHARES', '').split(',') | select | list) }}
{% endmacro %}

{% macro completes_run() %}{{ return(env_var('GUILDBOOK_COMPLETES_RUN', 'no') == 'yes') }}{% endmacro %}

{% macro spark_tables() %}{{ return(env_var('GUILDBOOK_SPARK_TABLES', 'delta')) }}{% endmacro %}
