{# Rules between logs, counted: see the models int_relations__*. #}

{% macro count_broken(step, rules) %}
    select
        {% for rule in rules %}
            count({{ rule }}) as {{ rule }}__rows,
            count(*) filter (where {{ rule }}) as {{ rule }}__broken,
            count({{ rule }}) filter (where is_new) as {{ rule }}__new_rows,
            count(*) filter (where is_new and {{ rule }}) as {{ rule }}__new_broken,
            {{ first_values('row_key', 3, rule) }} as {{ rule }}__examples,
            {{ first_values('row_key', 3, 'is_new and ' ~ rule) }} as {{ rule }}__new_examples,
        {% endfor %}
        log_day
    from {{ step }}
    group by log_day
{% endmacro %}

{% macro list_broken(step, log, rules) %}
    {% for rule in rules %}
        select
            '{{ rule }}' as rule,
            '{{ log }}' as log,
            {{ rule }}__rows as n_rows,
            {{ rule }}__broken as n_broken,
            {{ rule }}__new_rows as n_new_rows,
            {{ rule }}__new_broken as n_new_broken,
            {{ rule }}__examples as examples,
            {{ rule }}__new_examples as new_examples,
            log_day
        from {{ step }}
        where {{ rule }}__rows > 0
        {{ 'union all' if not loop.last }}
    {% endfor %}
{% endmacro %}

{% macro with_news(relation, log) %}
    select
        rows_of_log.*,
        new_days.log_day is not null as is_new
    from {{ relation }} as rows_of_log
    left join {{ ref('int_relations__new_log_days') }} as new_days
        on new_days.log = '{{ log }}' and rows_of_log.log_day = new_days.log_day
{% endmacro %}

{% macro known_members() %}
    select
        member_id,
        min(joined_day) as joined_day,
        min(case when status = 'erased' then stated_day end) as erased_day
    from {{ ref('int_members__state_spans') }}
    group by member_id
{% endmacro %}

{% macro has_rows(step) -%} (select count(*) from {{ step }} as any_rows) > 0 {%- endmacro %}

{% macro odd_currencies(step) %}
    select currency
    from (
        select
            currency,
            count(*) as n_rows,
            sum(count(*)) over () as n_all,
            max(count(*)) over () as n_usual
        from {{ step }}
        where currency is not null
        group by currency
    ) as counted
    where 100 * n_rows < n_all and 10 * n_usual >= 9 * n_all
{% endmacro %}
