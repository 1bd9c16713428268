{# Days without activity after which a member counts as churned (H). #}
{% macro horizon_days() %}{{ return(env_var('GUILDBOOK_CHURN_HORIZON_DAYS', '30') | int) }}{% endmacro %}
