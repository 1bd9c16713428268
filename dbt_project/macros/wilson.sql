{#
    Wilson's 95 % interval of a share, `successes` of `n`; null where n is 0. Unlike a mean plus or minus two standard
    errors it stays between 0 and 1 and holds for small n. Its ends at none and at all are exact; others are
    rounded, so that their last digits depend on no engine.
#}
{% macro wilson_low(successes, n) -%}
    case when ({{ successes }}) = 0 and ({{ n }}) > 0 then 0e0 else {{ wilson_bound(successes, n, '-') }} end
{%- endmacro %}

{% macro wilson_high(successes, n) -%}
    case when ({{ successes }}) = ({{ n }}) and ({{ n }}) > 0 then 1e0 else {{ wilson_bound(successes, n, '+') }} end
{%- endmacro %}

{% macro wilson_bound(successes, n, sign) -%}
    {%- set z = 1.959963984540054 -%}
    round((
        ({{ successes }}) + {{ z * z / 2 }}e0
        {{ sign }} {{ z }}e0 * sqrt(
            cast({{ successes }} as double) * (({{ n }}) - ({{ successes }})) / nullif({{ n }}, 0) + {{ z * z / 4 }}e0
        )
    ) / (({{ n }}) + {{ z * z }}e0), 9)
{%- endmacro %}
