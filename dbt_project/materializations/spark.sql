{#
    A model on Spark: a table, made anew, or days of it replaced. Nobody reads the tables of the engine but the models:
    what is published is copied from them, after the checks.
#}
{% materialization table, adapter='spark' %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set sql = in_spark_contract(compiled_code) if config.get('contract').enforced else compiled_code -%}
    {% do create_spark_table(relation, sql) %}
    {% call noop_statement('main', 'OK', 'OK') -%} {{ sql }} {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{% materialization incremental, adapter='spark' %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set sql = in_spark_contract(compiled_code) if config.get('contract').enforced else compiled_code -%}
    {% if is_incremental() %}
        {%- set days = run_query('select distinct day from ' ~ days_to_build(config.get('meta')['reach_days'])) -%}
        {% if days.rows %}
            {%- set listed = days.columns[0].values() | sort | join("', date '") -%}
            {% do run_query(
                'insert into ' ~ relation ~ " replace where day in (date '" ~ listed ~ "') " ~ sql
            ) %}
        {% endif %}
    {% else %}
        {% do create_spark_table(relation, sql) %}
    {% endif %}
    {% call noop_statement('main', 'OK', 'OK') -%} {{ sql }} {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
