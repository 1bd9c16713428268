{#
    The settings, each read here and nowhere else; only the profile, where no macro is known, reads its own. What
    they mean, and their bounds, is said in docs/settings.md.
#}

{# Folder of everything that belongs to the community. #}
{% macro home_folder() %}{{ return(env_var('GUILDBOOK_HOME', 'data')) }}{% endmacro %}

{# Time zone of the community: it decides what a day is. #}
{% macro timezone() %}{{ return(env_var('GUILDBOOK_TIMEZONE', 'Asia/Shanghai')) }}{% endmacro %}

{# Days without activity after which a member counts as churned (H). #}
{% macro horizon_days() %}{{ return(env_var('GUILDBOOK_CHURN_HORIZON_DAYS', '30') | int) }}{% endmacro %}

{# Days after the end of a paid term in which a renewal still goes on with it. #}
{% macro grace_days() %}{{ return(env_var('GUILDBOOK_RENEWAL_GRACE_DAYS', '7') | int) }}{% endmacro %}

{# Trailing windows of the engagement score, in days; the widest decides how far a change reaches. #}
{% macro engagement_windows() %}
    {% set windows = [] %}
    {% for part in env_var('GUILDBOOK_ENGAGEMENT_WINDOWS', '30').split(',') %}
        {% do windows.append(part | int) %}
    {% endfor %}
    {{ return(windows) }}
{% endmacro %}

{# Engagement from which a member's level is high, and from which it is medium. #}
{% macro engagement_high() %}{{ return(env_var('GUILDBOOK_ENGAGEMENT_HIGH', '0.6')) }}{% endmacro %}
{% macro engagement_medium() %}{{ return(env_var('GUILDBOOK_ENGAGEMENT_MEDIUM', '0.2')) }}{% endmacro %}

{# Whether registering and attending make a member active. #}
{% macro active_by_events() %}
    {{ return(env_var('GUILDBOOK_ACTIVE_BY_EVENTS', 'False') | lower == 'true') }}
{% endmacro %}

{# Campaigns whose arms somebody else drew, each as `campaign=share of treated members`. #}
{% macro treated_shares() %}
    {{ return(env_var('GUILDBOOK_TREATED_SHARES', '').split(',') | select | list) }}
{% endmacro %}

{# Whether this invocation is the last one of a run. #}
{% macro completes_run() %}{{ return(env_var('GUILDBOOK_COMPLETES_RUN', 'no') == 'yes') }}{% endmacro %}
