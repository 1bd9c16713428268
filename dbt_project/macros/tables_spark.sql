{#
    Tables on Spark. They lie below the home, by schema and name, so that a server that has forgotten them finds them
    again. Delta takes days away from a table in one commit; on Parquet, which cannot, every run builds everything.
#}

{% macro spark_place(relation) -%}
    using {{ spark_tables() }}
    location {{ text(home_folder() ~ '/spark/' ~ relation.schema ~ '/' ~ relation.identifier) }}
{%- endmacro %}

{% macro create_spark_table(relation, sql) %}
    {% if spark_tables() == 'delta' %}
        {% do run_query('create or replace table ' ~ relation ~ ' ' ~ spark_place(relation) ~ ' as ' ~ sql) %}
    {% else %}
        {% do run_query('drop table if exists ' ~ relation) %}
        {% do run_query('create table ' ~ relation ~ ' ' ~ spark_place(relation) ~ ' as ' ~ sql) %}
    {% endif %}
{% endmacro %}

{#
    The columns of a contract in their order, after a look at what the query has. dbt's own check would compare the names
    of types, which are other ones here.
#}
{% macro in_spark_contract(sql) -%}
    {%- set found = {} -%}
    {%- for column in adapter.get_column_schema_from_query('select * from (' ~ sql ~ ') as promised limit 0') -%}
        {%- do found.update({column.name: column.dtype | lower}) -%}
    {%- endfor -%}
    {%- set promised = {} -%}
    {%- for name, column in model.columns.items() -%}
        {%- do promised.update({name: spark_type(column.data_type)}) -%}
    {%- endfor -%}
    {%- if found != promised -%}
        {%- set wrong = [] -%}
        {%- for name in (promised | list + found | list) | unique if found.get(name) != promised.get(name) -%}
            {%- do wrong.append(
                name ~ ' is ' ~ found.get(name, 'missing') ~ ' and should be ' ~ promised.get(name, 'left out')
            ) -%}
        {%- endfor -%}
        {%- do exceptions.raise_compiler_error('the columns of ' ~ this ~ ' are others: ' ~ wrong | join(', ')) -%}
    {%- endif -%}
    select {{ promised | join(', ') }} from ({{ sql }}) as promised
{%- endmacro %}

{% macro spark_type(data_type) -%}
    {{ return({
        'varchar': 'string', 'integer': 'int', 'varchar[]': 'array<string>', 'timestamp': 'timestamp_ntz',
        'timestamp with time zone': 'timestamp',
    }.get(data_type, data_type)) }}
{%- endmacro %}

{% macro spark__create_lake_views() %}{% endmacro %}

{% macro spark_state() %}
    {{ return({
        'completed_day_states': 'part string, day date, checksum decimal(38, 0)',
        'completed_excluded_spans': 'member_id string, from_day date, to_day date',
        'completed_persons': 'member_id string, person_id string',
        'completed_builds': 'fingerprint string, first_day date, through_day date',
        'pending_days': 'kind string, reach_days int, day date',
    }) }}
{% endmacro %}

{% macro spark__create_state_tables() %}
    {% for name, columns in spark_state().items() %}
        {% set table = api.Relation.create(schema='control', identifier=name, type='table') %}
        {% do run_query('create table if not exists ' ~ table ~ ' (' ~ columns ~ ') ' ~ spark_place(table)) %}
    {% endfor %}
    {% set built_interactions = adapter.get_relation(none, 'intermediate', 'int_interactions__member_days') %}
    {% set none_built = 'select cast(null as string) as member_id, cast(null as date) as day where false' %}
    {% do run_query(
        'create or replace view control.built_interaction_days as '
        ~ (none_built if built_interactions is none else 'select member_id, day from ' ~ built_interactions)
    ) %}
{% endmacro %}

{% macro spark__keep_pending(kind) %}
    {% if execute and spark_tables() == 'delta' %}
        {% do run_query(
            "insert into control.pending_days replace where kind = '" ~ kind ~ "' select '" ~ kind ~ "' as kind, "
            ~ ('reach_days' if kind == 'as_of' else 'cast(null as int) as reach_days') ~ ', day from ' ~ this
        ) %}
    {% endif %}
{% endmacro %}

{# Each statement is a commit. The days that are pending go last: until then the next run builds them again. #}
{% macro spark__keep_completed() %}
    {% if spark_tables() == 'delta' %}
        {% set kept = {
            'completed_day_states': "select part, day, checksum from rebuild.day_states
                union all select part, day, checksum from rebuild.as_of_states
                union all select concat('delivered ', log), log_day, cast(sum(checksum) as decimal(38, 0))
                from control.manifest group by log, log_day",
            'completed_excluded_spans': 'select member_id, from_day, to_day from intermediate.int_members__excluded_spans',
            'completed_persons': 'select member_id, person_id from base.persons',
            'completed_builds': 'select fingerprint, first_day, through_day from control.build',
            'pending_days': 'select kind, reach_days, day from control.pending_days where false',
        } %}
        {% for name, rows in kept.items() %}
            {% do run_query('insert overwrite control.' ~ name ~ ' ' ~ rows) %}
        {% endfor %}
    {% endif %}
{% endmacro %}
