{#
    Incremental strategy: delete exactly the days that the run has to build, then insert what was computed for them.
    A day that a correction has emptied is deleted and stays empty, which delete-by-key would miss.
#}
{% macro get_incremental_replace_days_sql(arg_dict) %}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    delete from {{ arg_dict['target_relation'] }}
    where day in {{ days_to_build(config.get('meta')['reach_days']) }};
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}

{#
    Keeps the days that a model has found for this run until a run is completed. A run that dies, or is stopped by a
    gate, leaves days half rebuilt; what made them stale may be withdrawn before the next run, which has to build them
    nevertheless.
#}
{% macro keep_pending(kind) %}
    delete from control.pending_days where kind = '{{ kind }}';
    insert into control.pending_days (kind, reach_days, day)
    select '{{ kind }}', {{ 'reach_days' if kind == 'as_of' else 'null' }}, day from {{ this }}
{% endmacro %}

{#
    At the end of the run's last invocation the state that the marts now show is kept as completed, and only if
    everything succeeded: a run that dies before leaves its days stale.
#}
{% macro mark_days_completed(results) %}
    {% if env_var('GUILDBOOK_COMPLETES_RUN', 'no') == 'yes' and execute %}
        {% set failed = results | selectattr('status', 'in', ['error', 'fail', 'skipped', 'runtime error']) | list %}
        {% if not failed %}
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
            delete from control.pending_days;
            delete from control.completed_builds;
            insert into control.completed_builds
            select fingerprint, first_day, through_day from control.build;
            commit;
        {% endif %}
    {% endif %}
{% endmacro %}
