{#
    What a random experiment says about the difference of two shares, `s1` of `n1` less `s2` of `n2`. All results are
    rounded, so that their last digits depend on no engine.
#}
{% macro newcombe_low(s1, n1, s2, n2, z) -%}
    round({{ share(s1, n1) }} - {{ share(s2, n2) }} - sqrt(
        power({{ share(s1, n1) }} - {{ wilson_low(s1, n1, z) }}, 2)
        + power({{ wilson_high(s2, n2, z) }} - {{ share(s2, n2) }}, 2)
    ), 8)
{%- endmacro %}

{% macro newcombe_high(s1, n1, s2, n2, z) -%}
    round({{ share(s1, n1) }} - {{ share(s2, n2) }} + sqrt(
        power({{ wilson_high(s1, n1, z) }} - {{ share(s1, n1) }}, 2)
        + power({{ share(s2, n2) }} - {{ wilson_low(s2, n2, z) }}, 2)
    ), 8)
{%- endmacro %}

{% macro normal_exceeded(chance) -%}
    {%- set r = '(sqrt(-ln(' ~ chance ~ ')) - 1.6e0)' -%}
    ((((0.17023821103e0 * {{ r }} + 1.3067284816e0) * {{ r }} + 2.75681539e0) * {{ r }} + 1.4234372777e0)
    / ((0.12021132975e0 * {{ r }} + 0.7370016425e0) * {{ r }} + 1e0))
{%- endmacro %}

{% macro variance_of_mean(total, squares, n) -%}
    (
        greatest(cast({{ squares }} as double) - power(cast({{ total }} as double), 2) / nullif({{ n }}, 0), 0e0)
        / nullif(({{ n }}) - 1, 0) / ({{ n }})
    )
{%- endmacro %}

{% macro welch_half_width(v1, n1, v2, n2) -%}
    {%- set freedom -%}
        (power({{ v1 }} + {{ v2 }}, 2) / (power({{ v1 }}, 2) / ({{ n1 }} - 1) + power({{ v2 }}, 2) / ({{ n2 }} - 1)))
    {%- endset -%}
    case when {{ v1 }} + {{ v2 }} > 0 then sqrt({{ v1 }} + {{ v2 }}) * {{ _student_quantile(freedom) }} end
{%- endmacro %}

{% macro mean_half_width(variance, n) -%}
    case when {{ variance }} > 0 then sqrt({{ variance }}) * {{ _student_quantile('(' ~ n ~ ' - 1e0)') }} end
{%- endmacro %}

{% macro _student_quantile(freedom) -%}
    {%- set z = 1.959963984540054 -%}
    (
        {{ z }}e0
        + {{ ((z**3 + z) / 4) | round(12) }}e0 / {{ freedom }}
        + {{ ((5 * z**5 + 16 * z**3 + 3 * z) / 96) | round(12) }}e0 / power({{ freedom }}, 2)
        + {{ ((3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384) | round(12) }}e0 / power({{ freedom }}, 3)
    )
{%- endmacro %}

{% macro share(successes, n) -%} (cast({{ successes }} as double) / nullif({{ n }}, 0)) {%- endmacro %}

{% macro difference_variance(s1, n1, s2, n2) -%}
    {%- set s = '((' ~ s1 ~ ') + (' ~ s2 ~ '))' -%}
    {%- set n = '((' ~ n1 ~ ') + (' ~ n2 ~ '))' -%}
    greatest(
        {{ _variance_of_share(s1, n1, n1) }} + {{ _variance_of_share(s2, n2, n2) }},
        {{ _variance_of_share(s, n, n1) }} + {{ _variance_of_share(s, n, n2) }}
    )
{%- endmacro %}

{% macro _variance_of_share(s, n, members) -%}
    (({{ s }}) + 1e0) * (({{ n }}) - ({{ s }}) + 1e0) / power(({{ n }}) + 2e0, 2) / nullif({{ members }}, 0)
{%- endmacro %}

{% macro anytime_half_width(variance, alpha, mixture_variance=none) -%}
    {%- set tau2 = mixture_variance or (var('action_effects').mixture_sd ** 2) ~ 'e0' -%}
    sqrt(({{ variance }}) * (1e0 + ({{ variance }}) / {{ tau2 }}) * ln(
        (1e0 + {{ tau2 }} / ({{ variance }})) / power({{ alpha }}, 2)
    ))
{%- endmacro %}

{% macro log_evidence(effect, variance) -%}
    {%- set tau2 = var('action_effects').mixture_sd ** 2 -%}
    (
        power({{ effect }}, 2) * {{ tau2 }}e0 / (2e0 * ({{ variance }}) * (({{ variance }}) + {{ tau2 }}e0))
        - ln(1e0 + {{ tau2 }}e0 / ({{ variance }})) / 2e0
    )
{%- endmacro %}

{% macro minimum_detectable_effect(half_width, variance) -%}
    {{ within_one('(' ~ half_width ~ ') + 0.8416212335729143e0 * sqrt(' ~ variance ~ ')') }}
{%- endmacro %}

{% macro within_one(difference) -%}
    case when ({{ difference }}) is not null then greatest(-1e0, least(1e0, round({{ difference }}, 8))) end
{%- endmacro %}

{% macro log_ratio_evidence(n1, n, planned) -%}
    {%- set a = var('action_effects').ratio_concentration -%}
    {%- set p = '(' ~ planned ~ ')' -%}
    case
        when {{ p }} > 0 and {{ p }} < 1
            then
                {{ log_gamma('(' ~ n1 ~ ') + ' ~ a ~ 'e0 * ' ~ p) }} - {{ log_gamma(a ~ 'e0 * ' ~ p) }}
                + {{ log_gamma('(' ~ n ~ ') - (' ~ n1 ~ ') + ' ~ a ~ 'e0 * (1e0 - ' ~ p ~ ')') }}
                - {{ log_gamma(a ~ 'e0 * (1e0 - ' ~ p ~ ')') }}
                + {{ log_gamma(a ~ 'e0') }} - {{ log_gamma('(' ~ n ~ ') + ' ~ a ~ 'e0') }}
                - ({{ n1 }}) * ln({{ p }}) - (({{ n }}) - ({{ n1 }})) * ln(1e0 - {{ p }})
    end
{%- endmacro %}

{% macro planned_treated_share(campaign_id) -%}
    {%- set named -%}
        {%- for pair in treated_shares() -%}
            {%- set campaign, share = pair.rsplit('=', 1) -%}
            when {{ campaign_id }} = {{ text(campaign | trim) }} then {{ share | float }}e0{{ ' ' }}
        {%- endfor -%}
    {%- endset -%}
    case {{ named }}when true then {{ var('action_effects').planned_treated_share }}e0 end
{%- endmacro %}
