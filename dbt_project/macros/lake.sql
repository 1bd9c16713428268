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
    create table if not exists control.completed_builds (fingerprint varchar, first_day date, through_day date);
{% endmacro %}

{# The files of a source, by its meta: `path` below the lake, and `with_filename` where a model needs it. #}
{% macro lake_files(meta) -%}
    {% set path = env_var('GUILDBOOK_HOME', 'data') ~ '/lake/' ~ meta.path %}
    {{- parquet_source(path, 'log_day=' in meta.path, meta.with_filename | default(false)) }}
{%- endmacro %}
