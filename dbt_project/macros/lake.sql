{% macro create_lake_views() %}{{ return(adapter.dispatch('create_lake_views', 'guildbook')()) }}{% endmacro %}
{% macro default__create_lake_views() %}
    create schema if not exists lake;
    create schema if not exists control;
    create schema if not exists ledger;
    {% for node in graph.sources.values() if node.config.meta.path is defined %}
        create or replace view {{ node.schema }}.{{ node.identifier }} as select * from {{ lake_files(node.config.meta) }};
    {% endfor %}
{% endmacro %}

{% macro lake_files(meta) -%}
    {# In the home's own path the characters of a pattern stand for themselves. #}
    {%- set as_named = home_folder() | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]') -%}
    {%- set path = as_named ~ '/lake/' ~ meta.path -%}
    {%- set gained_columns = meta.gained_columns | default(false) -%}
    {{- parquet_source(path, 'log_day=' in meta.path, meta.with_filename | default(false), gained_columns) }}
{%- endmacro %}
