{#
    What the marts showed when a run was last completed, and what a run since then has begun: the source `state`, tables
    that hooks make and write.
#}

{% macro create_state_tables() %}{{ return(adapter.dispatch('create_state_tables', 'guildbook')()) }}{% endmacro %}
{% macro default__create_state_tables() %}
    create schema if not exists control;
    {# The marts were here once. #}
    drop schema if exists marts cascade;
    create table if not exists control.completed_day_states (part string, day date, checksum decimal(38, 0));
    create table if not exists control.completed_excluded_spans (member_id string, from_day date, to_day date);
    create table if not exists control.completed_persons (member_id string, person_id string);
    create table if not exists control.pending_days (kind string, reach_days integer, day date);
    {% set built_interactions = adapter.get_relation(target.database, 'intermediate', 'int_interactions__member_days') %}
    create or replace view control.built_interaction_days as
    {% if built_interactions is none %}
        select cast(null as string) as member_id, cast(null as date) as day where false;
    {% else %}
        select member_id, day from {{ built_interactions }};
    {% endif %}
    create table if not exists control.completed_builds (fingerprint string, first_day date, through_day date);
    create table if not exists control.completed_marts (name string);
{% endmacro %}

{% macro delivered_checksum() -%}
    cast(
        sum(
            checksum * (
                {{ days_since('log_day', 'event_day') }} + case when log_day >= event_day then 1 else 0 end
            )
        ) as decimal(38, 0)
    )
{%- endmacro %}

{% macro keep_pending(kind) %}{{ return(adapter.dispatch('keep_pending', 'guildbook')(kind)) }}{% endmacro %}
{% macro default__keep_pending(kind) %}
    delete from control.pending_days where kind = '{{ kind }}';
    insert into control.pending_days (kind, reach_days, day)
    select '{{ kind }}', {{ 'reach_days' if kind == 'as_of' else 'null' }}, day from {{ this }}
{% endmacro %}

{% macro mark_days_completed(results) %}
    {% if completes_run() and execute %}
        {% set failed = results | selectattr('status', 'in', ['error', 'fail', 'skipped', 'runtime error']) | list %}
        {% if not failed %}{{ keep_completed() }}{% endif %}
    {% endif %}
{% endmacro %}

{% macro keep_completed() %}{{ return(adapter.dispatch('keep_completed', 'guildbook')()) }}{% endmacro %}
{% macro default__keep_completed() %}
    begin transaction;
    delete from control.completed_day_states;
    insert into control.completed_day_states select part, day, checksum from rebuild.day_states;
    insert into control.completed_day_states select part, day, checksum from rebuild.as_of_states;
    insert into control.completed_day_states
    select 'delivered ' || log, log_day, cast(sum(checksum) as decimal(38, 0)) from control.manifest
    group by log, log_day;
    delete from control.completed_excluded_spans;
    insert into control.completed_excluded_spans
    select member_id, from_day, to_day from intermediate.int_members__excluded_spans;
    delete from control.completed_persons;
    insert into control.completed_persons
    select member_id, person_id from base.persons;
    delete from control.completed_marts;
    insert into control.completed_marts
    select table_name from duckdb_tables() where database_name = 'built';
    delete from control.pending_days;
    delete from control.completed_builds;
    insert into control.completed_builds
    select fingerprint, first_day, through_day from control.build;
    commit;
{% endmacro %}
