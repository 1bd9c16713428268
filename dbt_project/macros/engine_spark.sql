{# What Spark says where the words of engine.sql are DuckDB's. Sessions keep time in UTC. #}

{% macro spark__local_day(column) -%} cast(from_utc_timestamp({{ column }}, '{{ timezone() }}') as date) {%- endmacro %}

{% macro spark__local_hour(column) -%} extract(hour from from_utc_timestamp({{ column }}, '{{ timezone() }}')) {%- endmacro %}

{% macro spark__day_start(day) -%}
    cast(to_utc_timestamp(cast({{ day }} as timestamp), '{{ timezone() }}') as timestamp_ntz)
{%- endmacro %}

{% macro spark__seconds_between(first, last) -%}
    cast(unix_timestamp({{ last }}) - unix_timestamp({{ first }}) as bigint)
{%- endmacro %}

{# A sequence whose end lies before its start runs backwards there, so it is asked for only where it does not. #}
{% macro spark__each_day(first, last) -%}
    explode(case when {{ first }} <= {{ last }} then sequence({{ first }}, {{ last }}) end)
{%- endmacro %}

{% macro spark__each_number(first, before) -%}
    explode(case when {{ first }} < {{ before }} then sequence({{ first }}, {{ before }} - 1) end)
{%- endmacro %}

{% macro spark__in_order(column) -%} sort_array(collect_list({{ column }})) {%- endmacro %}

{% macro spark__joined_in_order(some, more) -%}
    case
        when {{ more }} is null then {{ some }}
        when {{ some }} is null then {{ more }}
        else sort_array(concat({{ some }}, {{ more }}))
    end
{%- endmacro %}

{% macro spark__without_repeats(values) -%} array_distinct({{ values }}) {%- endmacro %}

{% macro spark__days_until(days, last) -%} filter({{ days }}, one -> one <= {{ last }}) {%- endmacro %}

{% macro spark__gaps_between(days) -%}
    transform(
        arrays_zip(slice({{ days }}, 1, size({{ days }}) - 1), slice({{ days }}, 2, size({{ days }}) - 1)),
        pair -> cast(datediff(pair['1'], pair['0']) as bigint)
    )
{%- endmacro %}

{% macro spark__first_of(values) -%} get({{ values }}, 0) {%- endmacro %}

{% macro spark__last_of(values) -%} get({{ values }}, size({{ values }}) - 1) {%- endmacro %}

{% macro spark__count_of(values) -%} cast(array_size({{ values }}) as bigint) {%- endmacro %}

{% macro spark__count_above(values, least) -%}
    cast(array_size(filter({{ values }}, one -> one > {{ least }})) as bigint)
{%- endmacro %}

{% macro spark__sum_of(values, of_one) -%}
    case
        when size({{ values }}) > 0
            then aggregate({{ values }}, cast(0 as bigint), (total, one) -> total + cast({{ of_one }} as bigint))
    end
{%- endmacro %}

{% macro spark__median_of(values) -%}
    (
        cast(get(sort_array({{ values }}), cast((size({{ values }}) - 1) div 2 as int)) as double)
        + cast(get(sort_array({{ values }}), cast(size({{ values }}) div 2 as int)) as double)
    ) / 2e0
{%- endmacro %}

{% macro spark__each_part(column, separator) -%} explode(split({{ column }}, {{ text(modules.re.escape(separator)) }})) {%- endmacro %}

{% macro spark__times_in(step, number) -%} ({{ number }} div {{ step }}) {%- endmacro %}

{% macro spark__key_hash(columns) -%} xxhash64({{ columns | join(', ') }}) {%- endmacro %}

{% macro spark__first_values(column, n, condition) -%}
    nullif(array_join(slice(sort_array(collect_set({{ column }}) filter (where {{ condition }})), 1, {{ n }}), ', '), '')
{%- endmacro %}

{% macro spark__earliest(column, at, condition) -%}
    min(struct({{ at }} as moment, {{ column }} as found)) filter (where {{ condition }}).found
{%- endmacro %}

{% macro spark__checksum(columns) -%}
    cast(sum(cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0))) as decimal(38, 0))
{%- endmacro %}

{% macro spark__log_of_file(column) -%} element_at(split({{ column }}, '/'), -3) {%- endmacro %}

{% macro spark__text(value) -%}
    '{{ value | string | replace("\\", "\\\\") | replace("'", "\\'") }}'
{%- endmacro %}

{% macro spark__add_months(day, n) -%} add_months({{ day }}, {{ n }}) {%- endmacro %}

{% macro spark__joined_texts(column, separator, place) -%}
    nullif(
        array_join(
            transform(
                sort_array(collect_list(struct({{ place }} as place, {{ column }} as text_of_place))),
                one -> one.text_of_place
            ),
            {{ text(separator) }}
        ),
        ''
    )
{%- endmacro %}

{% macro spark__distinct_texts(column, separator) -%}
    nullif(array_join(sort_array(collect_set({{ column }})), {{ text(separator) }}), '')
{%- endmacro %}

{% macro spark__replaced_all(column, pattern, replacement) -%}
    regexp_replace({{ column }}, {{ text(pattern) }}, {{ text(replacement | replace('\\', '$')) }})
{%- endmacro %}

{% macro spark__matches_whole(column, pattern) -%} {{ column }} rlike {{ text('^(?:' ~ pattern ~ ')$') }} {%- endmacro %}

{% macro spark__json_text(column, path) -%} get_json_object({{ column }}, '{{ path }}') {%- endmacro %}

{#
    Stirling's series (DLMF 5.11.1) of x + 8, less the logarithms of what lies between: to the 12th digit where x is
    above 0.
#}
{% macro spark__log_gamma(x) -%}
    {%- set y = '((' ~ x ~ ') + 8e0)' -%}
    (
        ({{ y }} - 0.5e0) * ln({{ y }}) - {{ y }} + 0.9189385332046727e0
        + 1e0 / (12e0 * {{ y }}) - 1e0 / (360e0 * power({{ y }}, 3)) + 1e0 / (1260e0 * power({{ y }}, 5))
        - 1e0 / (1680e0 * power({{ y }}, 7)) + 1e0 / (1188e0 * power({{ y }}, 9))
        {% for n in range(8) %} - ln(({{ x }}) + {{ n }}e0){% endfor %}
    )
{%- endmacro %}

{% macro spark__inlined() %}{% endmacro %}

{#
    Each round is a table: a step that is read three times would be worked out three times, and again in each round. As
    on DuckDB a label goes to neighbours, to the neighbours' labels and from a label to who bears it.
#}
{% macro spark__connected_components(edges, by) -%}
    {%- set by_columns -%}{% for column in by %}{{ column }}, {% endfor %}{%- endset -%}
    {%- set rounds = [this.incorporate(path={'identifier': this.identifier ~ '__odd'}),
                      this.incorporate(path={'identifier': this.identifier ~ '__even'})] -%}
    {%- set found = namespace(labels=rounds[0], is_done=not execute or flags.WHICH not in ['build', 'run']) -%}
    {%- set first -%}
        select {{ by_columns }}member_id, least(member_id, min(other_id)) as person_id
        from {{ edges }}
        group by {{ by_columns }}member_id
    {%- endset -%}
    {%- if not found.is_done -%}{% do create_spark_table(found.labels, first) %}{%- endif -%}
    {%- for number in range(1, 64) if not found.is_done -%}
        {%- set next, labels = rounds[number % 2], found.labels -%}
        {%- set smaller -%}
            with links as (
                select {% for column in by %}edges.{{ column }}, {% endfor %}edges.member_id, edges.other_id,
                    mine.person_id as label, theirs.person_id as other_label
                from {{ edges }} as edges
                inner join {{ labels }} as mine
                    on edges.member_id = mine.member_id
                    {% for column in by %} and edges.{{ column }} = mine.{{ column }} {% endfor %}
                inner join {{ labels }} as theirs
                    on edges.other_id = theirs.member_id
                    {% for column in by %} and edges.{{ column }} = theirs.{{ column }} {% endfor %}
            ),
            proposed as (
                select {{ by_columns }}member_id, other_label as person_id from links
                union all
                select {{ by_columns }}label, other_label from links
                union all
                select {% for column in by %}mine.{{ column }}, {% endfor %}mine.member_id, roots.person_id
                from {{ labels }} as mine
                inner join {{ labels }} as roots
                    on mine.person_id = roots.member_id
                    {% for column in by %} and mine.{{ column }} = roots.{{ column }} {% endfor %}
                union all
                select {{ by_columns }}member_id, person_id from {{ labels }}
            )
            select {{ by_columns }}member_id, min(person_id) as person_id
            from proposed
            group by {{ by_columns }}member_id
        {%- endset -%}
        {% do create_spark_table(next, smaller) %}
        {%- set changed -%}
            select count(*)
            from {{ next }} as later
            inner join {{ labels }} as earlier
                on later.member_id = earlier.member_id
                {% for column in by %} and later.{{ column }} = earlier.{{ column }} {% endfor %}
            where later.person_id < earlier.person_id
        {%- endset -%}
        {%- set found.is_done = run_query(changed).columns[0].values()[0] == 0 -%}
        {%- set found.labels = next -%}
    {%- endfor -%}
    select {{ by_columns }}member_id, person_id
    from {{ found.labels }}
{%- endmacro %}
