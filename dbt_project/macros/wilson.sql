{#
    Wilson's interval of a share, `successes` of `n`, at 95 % unless `z` says otherwise; null where n is 0. Unlike a mean plus or minus two standard
    errors it stays between 0 and 1 and holds for small n. Its ends at none and at all are exact; others are
    rounded, so that their last digits depend on no engine.
#}
{% macro wilson_low(successes, n, z='1.959963984540054e0') -%}
    case when ({{ successes }}) = 0 and ({{ n }}) > 0 then 0e0 else {{ wilson_bound(successes, n, '-', z) }} end
{%- endmacro %}

{% macro wilson_high(successes, n, z='1.959963984540054e0') -%}
    case when ({{ successes }}) = ({{ n }}) and ({{ n }}) > 0 then 1e0 else {{ wilson_bound(successes, n, '+', z) }} end
{%- endmacro %}

{% macro wilson_bound(successes, n, sign, z) -%}
    round((
        ({{ successes }}) + power({{ z }}, 2) / 2
        {{ sign }} {{ z }} * sqrt(
            cast({{ successes }} as double) * (({{ n }}) - ({{ successes }})) / nullif({{ n }}, 0) + power({{ z }}, 2) / 4
        )
    ) / (({{ n }}) + power({{ z }}, 2)), 9)
{%- endmacro %}
