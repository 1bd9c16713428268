{# The lake's Parquet as views, made before every invocation, so that models read sources like any table. #}
{% macro create_lake_views() %}
    create schema if not exists lake;
    create schema if not exists control;
    create schema if not exists ledger;
    {% for node in graph.sources.values() if node.config.meta.path is defined %}
        create or replace view {{ node.schema }}.{{ node.identifier }} as select * from {{ lake_files(node.config.meta) }};
    {% endfor %}
    create table if not exists control.completed_day_states (part varchar, day date, checksum decimal(38, 0));
    create table if not exists control.completed_excluded_spans (member_id varchar, from_day date, to_day date);
    create table if not exists control.completed_persons (member_id varchar, person_id varchar);
    create table if not exists control.pending_days (kind varchar, reach_days integer, day date);
    {% set built_acts = adapter.get_relation(target.database, 'intermediate', 'int_acts__member_days') %}
    create or replace view control.built_act_days as
    {% if built_acts is none %}
        select cast(null as varchar) as member_id, cast(null as date) as day where false;
    {% else %}
        select member_id, day from {{ built_acts }};
    {% endif %}
    create table if not exists control.completed_builds (fingerprint varchar, first_day date, through_day date);
{% endmacro %}

{# The files of a source, by its meta: `path` below the lake, `with_filename` where a model needs it. #}
{% macro lake_files(meta) -%}
    {# In the home's own path the characters of a pattern stand for themselves. #}
    {%- set home = env_var('GUILDBOOK_HOME', 'data') -%}
    {%- set as_named = home | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]') -%}
    {%- set path = as_named ~ '/lake/' ~ meta.path -%}
    {%- set gained_columns = meta.gained_columns | default(false) -%}
    {{- parquet_source(path, 'log_day=' in meta.path, meta.with_filename | default(false), gained_columns) }}
{%- endmacro %}
