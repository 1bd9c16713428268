{#
    What an engine says in its own words. Another engine adds its `<engine>__` macros here; models and the other
    macros know no engine.
#}

{% macro local_day(column) %}{{ return(adapter.dispatch('local_day', 'guildbook')(column)) }}{% endmacro %}
{% macro default__local_day(column) -%}
    cast(({{ column }} at time zone 'UTC') at time zone '{{ timezone() }}' as date)
{%- endmacro %}

{% macro local_hour(column) %}{{ return(adapter.dispatch('local_hour', 'guildbook')(column)) }}{% endmacro %}
{% macro default__local_hour(column) -%}
    extract('hour' from ({{ column }} at time zone 'UTC') at time zone '{{ timezone() }}')
{%- endmacro %}

{% macro day_start(day) %}{{ return(adapter.dispatch('day_start', 'guildbook')(day)) }}{% endmacro %}
{% macro default__day_start(day) -%}
    ((cast({{ day }} as timestamp) at time zone '{{ timezone() }}') at time zone 'UTC')
{%- endmacro %}

{% macro text(value) %}{{ return(adapter.dispatch('text', 'guildbook')(value)) }}{% endmacro %}
{% macro default__text(value) -%} '{{ value | string | replace("'", "''") }}' {%- endmacro %}

{% macro add_months(day, n) %}{{ return(adapter.dispatch('add_months', 'guildbook')(day, n)) }}{% endmacro %}
{% macro default__add_months(day, n) -%} cast({{ day }} + {{ n }} * interval 1 month as date) {%- endmacro %}

{% macro joined_texts(column, separator, place) %}
    {{ return(adapter.dispatch('joined_texts', 'guildbook')(column, separator, place)) }}
{% endmacro %}
{% macro default__joined_texts(column, separator, place) -%}
    string_agg({{ column }}, '{{ separator }}' order by {{ place }})
{%- endmacro %}

{% macro distinct_texts(column, separator) %}
    {{ return(adapter.dispatch('distinct_texts', 'guildbook')(column, separator)) }}
{% endmacro %}
{% macro default__distinct_texts(column, separator) -%}
    string_agg(distinct {{ column }}, '{{ separator }}' order by {{ column }})
{%- endmacro %}

{% macro replaced_all(column, pattern, replacement) %}
    {{ return(adapter.dispatch('replaced_all', 'guildbook')(column, pattern, replacement)) }}
{% endmacro %}
{% macro default__replaced_all(column, pattern, replacement) -%}
    regexp_replace({{ column }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro matches_whole(column, pattern) %}
    {{ return(adapter.dispatch('matches_whole', 'guildbook')(column, pattern)) }}
{% endmacro %}
{% macro default__matches_whole(column, pattern) -%} regexp_full_match({{ column }}, '{{ pattern }}') {%- endmacro %}

{% macro json_text(column, path) %}{{ return(adapter.dispatch('json_text', 'guildbook')(column, path)) }}{% endmacro %}
{% macro default__json_text(column, path) -%} {{ column }} ->> '{{ path }}' {%- endmacro %}

{% macro log_gamma(x) %}{{ return(adapter.dispatch('log_gamma', 'guildbook')(x)) }}{% endmacro %}
{% macro default__log_gamma(x) -%} lgamma({{ x }}) {%- endmacro %}

{# A step that several others read is worked out anew for each. #}
{% macro inlined() %}{{ return(adapter.dispatch('inlined', 'guildbook')()) }}{% endmacro %}
{% macro default__inlined() %} not materialized{% endmacro %}

{% macro seconds_between(first, last) %}
    {{ return(adapter.dispatch('seconds_between', 'guildbook')(first, last)) }}
{% endmacro %}
{% macro default__seconds_between(first, last) -%} cast(date_diff('second', {{ first }}, {{ last }}) as bigint) {%- endmacro %}

{% macro each_day(first, last) %}{{ return(adapter.dispatch('each_day', 'guildbook')(first, last)) }}{% endmacro %}
{% macro default__each_day(first, last) -%}
    cast(unnest(generate_series({{ first }}, {{ last }}, interval 1 day)) as date)
{%- endmacro %}

{% macro each_number(first, before) %}
    {{ return(adapter.dispatch('each_number', 'guildbook')(first, before)) }}
{% endmacro %}
{% macro default__each_number(first, before) -%} unnest(range({{ first }}, {{ before }})) {%- endmacro %}

{% macro in_order(column) %}{{ return(adapter.dispatch('in_order', 'guildbook')(column)) }}{% endmacro %}
{% macro default__in_order(column) -%} list_sort(list({{ column }})) {%- endmacro %}

{% macro joined_in_order(some, more) %}
    {{ return(adapter.dispatch('joined_in_order', 'guildbook')(some, more)) }}
{% endmacro %}
{% macro default__joined_in_order(some, more) -%}
    case when {{ more }} is null then {{ some }} else list_sort(list_concat({{ some }}, {{ more }})) end
{%- endmacro %}

{% macro without_repeats(values) %}{{ return(adapter.dispatch('without_repeats', 'guildbook')(values)) }}{% endmacro %}
{% macro default__without_repeats(values) -%}
    list_filter({{ values }}, lambda one, place: place = 1 or one <> {{ values }}[place - 1])
{%- endmacro %}

{% macro days_until(days, last) %}{{ return(adapter.dispatch('days_until', 'guildbook')(days, last)) }}{% endmacro %}
{% macro default__days_until(days, last) -%} list_filter({{ days }}, lambda one: one <= {{ last }}) {%- endmacro %}

{% macro gaps_between(days) %}{{ return(adapter.dispatch('gaps_between', 'guildbook')(days)) }}{% endmacro %}
{% macro default__gaps_between(days) -%}
    list_transform({{ days }}[2:], lambda one, place: cast(one - {{ days }}[place] as bigint))
{%- endmacro %}

{% macro first_of(values) %}{{ return(adapter.dispatch('first_of', 'guildbook')(values)) }}{% endmacro %}
{% macro default__first_of(values) -%} {{ values }}[1] {%- endmacro %}

{% macro last_of(values) %}{{ return(adapter.dispatch('last_of', 'guildbook')(values)) }}{% endmacro %}
{% macro default__last_of(values) -%} {{ values }}[-1] {%- endmacro %}

{% macro count_of(values) %}{{ return(adapter.dispatch('count_of', 'guildbook')(values)) }}{% endmacro %}
{% macro default__count_of(values) -%} cast(len({{ values }}) as bigint) {%- endmacro %}

{% macro count_above(values, least) %}
    {{ return(adapter.dispatch('count_above', 'guildbook')(values, least)) }}
{% endmacro %}
{% macro default__count_above(values, least) -%}
    cast(len(list_filter({{ values }}, lambda one: one > {{ least }})) as bigint)
{%- endmacro %}

{% macro sum_of(values, of_one) %}{{ return(adapter.dispatch('sum_of', 'guildbook')(values, of_one)) }}{% endmacro %}
{% macro default__sum_of(values, of_one) -%}
    cast(list_sum(list_transform({{ values }}, lambda one: cast({{ of_one }} as bigint))) as bigint)
{%- endmacro %}

{% macro median_of(values) %}{{ return(adapter.dispatch('median_of', 'guildbook')(values)) }}{% endmacro %}
{% macro default__median_of(values) -%} cast(list_median({{ values }}) as double) {%- endmacro %}

{% macro each_part(column, separator) %}
    {{ return(adapter.dispatch('each_part', 'guildbook')(column, separator)) }}
{% endmacro %}
{% macro default__each_part(column, separator) -%} unnest(string_split({{ column }}, '{{ separator }}')) {%- endmacro %}

{% macro times_in(step, number) %}{{ return(adapter.dispatch('times_in', 'guildbook')(step, number)) }}{% endmacro %}
{% macro default__times_in(step, number) -%} ({{ number }} // {{ step }}) {%- endmacro %}

{% macro key_hash(columns) %}{{ return(adapter.dispatch('key_hash', 'guildbook')(columns)) }}{% endmacro %}
{% macro default__key_hash(columns) -%} hash({{ columns | join(', ') }}) {%- endmacro %}

{% macro first_values(column, n, condition) %}
    {{ return(adapter.dispatch('first_values', 'guildbook')(column, n, condition)) }}
{% endmacro %}
{% macro default__first_values(column, n, condition) -%}
    array_to_string(list_sort(list_distinct(min({{ column }}, {{ n }}) filter (where {{ condition }}))), ', ')
{%- endmacro %}

{% macro earliest(column, at, condition) %}
    {{ return(adapter.dispatch('earliest', 'guildbook')(column, at, condition)) }}
{% endmacro %}
{% macro default__earliest(column, at, condition) -%}
    min(struct_pack(moment := {{ at }}, found := {{ column }})) filter (where {{ condition }}).found
{%- endmacro %}

{% macro checksum(columns) %}{{ return(adapter.dispatch('checksum', 'guildbook')(columns)) }}{% endmacro %}
{% macro default__checksum(columns) -%}
    cast(sum(cast(hash({{ columns | join(', ') }}) as decimal(38, 0))) as decimal(38, 0))
{%- endmacro %}

{% macro parquet_source(path, by_log_day, with_filename, gained_columns) %}
    {{ return(adapter.dispatch('parquet_source', 'guildbook')(path, by_log_day, with_filename, gained_columns)) }}
{% endmacro %}
{% macro default__parquet_source(path, by_log_day, with_filename, gained_columns) -%}
    read_parquet(
        '{{ path | replace("'", "''") }}',
        filename = {{ with_filename | lower }},
        union_by_name = {{ gained_columns | lower }},
        hive_partitioning = {{ by_log_day | lower }}{% if by_log_day %}, hive_types = {'log_day': date}{% endif %}
    )
{%- endmacro %}

{% macro log_of_file(column) %}{{ return(adapter.dispatch('log_of_file', 'guildbook')(column)) }}{% endmacro %}
{% macro default__log_of_file(column) -%} split_part({{ column }}, '/', -3) {%- endmacro %}

{% macro connected_components(edges, by=[]) %}
    {{ return(adapter.dispatch('connected_components', 'guildbook')(edges, by)) }}
{% endmacro %}
{% macro default__connected_components(edges, by) -%}
    {%- set by_columns -%}{% for column in by %}{{ column }}, {% endfor %}{%- endset -%}
    {%- set by_edges -%}{% for column in by %}edges.{{ column }}, {% endfor %}{%- endset -%}
    with recursive labels ({{ by_columns }}member_id, person_id) using key ({{ by_columns }}member_id) as (
        select {{ by_columns }}member_id, least(member_id, min(other_id))
        from {{ edges }}
        group by {{ by_columns }}member_id
        union
        select {% for column in by %}proposed.{{ column }}, {% endfor %}proposed.member_id, min(proposed.person_id)
        from (
            select {{ by_edges }}edges.member_id, theirs.person_id
            from {{ edges }} as edges
            inner join recurring.labels as theirs
                on edges.other_id = theirs.member_id
                {% for column in by %} and edges.{{ column }} = theirs.{{ column }} {% endfor %}
            union all
            select {{ by_edges }}mine.person_id, theirs.person_id
            from {{ edges }} as edges
            inner join recurring.labels as mine
                on edges.member_id = mine.member_id
                {% for column in by %} and edges.{{ column }} = mine.{{ column }} {% endfor %}
            inner join recurring.labels as theirs
                on edges.other_id = theirs.member_id
                {% for column in by %} and edges.{{ column }} = theirs.{{ column }} {% endfor %}
            union all
            select {% for column in by %}mine.{{ column }}, {% endfor %}mine.member_id, roots.person_id
            from recurring.labels as mine
            inner join recurring.labels as roots
                on mine.person_id = roots.member_id
                {% for column in by %} and mine.{{ column }} = roots.{{ column }} {% endfor %}
        ) as proposed
        inner join recurring.labels as known
            on proposed.member_id = known.member_id
            {% for column in by %} and proposed.{{ column }} = known.{{ column }} {% endfor %}
        where proposed.person_id < known.person_id
        group by {% for column in by %}proposed.{{ column }}, {% endfor %}proposed.member_id
    )

    select {{ by_columns }}member_id, person_id
    from labels
{%- endmacro %}
