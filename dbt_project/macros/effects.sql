{#
    What a random experiment says about the difference of two shares, `s1` of `n1` less `s2` of `n2`.

    Newcombe's 95 % interval (method 10): the squared distances from each share to the ends of its Wilson interval are
    added. It holds for small n and for shares of none or all, where a mean plus or minus two standard errors does not.
    All results are rounded, so that their last digits depend on no engine.
#}
{% macro newcombe_low(s1, n1, s2, n2) -%}
    round({{ share(s1, n1) }} - {{ share(s2, n2) }} - sqrt(
        power({{ share(s1, n1) }} - {{ wilson_low(s1, n1) }}, 2)
        + power({{ wilson_high(s2, n2) }} - {{ share(s2, n2) }}, 2)
    ), 8)
{%- endmacro %}

{% macro newcombe_high(s1, n1, s2, n2) -%}
    round({{ share(s1, n1) }} - {{ share(s2, n2) }} + sqrt(
        power({{ wilson_high(s1, n1) }} - {{ share(s1, n1) }}, 2)
        + power({{ share(s2, n2) }} - {{ wilson_low(s2, n2) }}, 2)
    ), 8)
{%- endmacro %}

{% macro share(successes, n) -%} (cast({{ successes }} as double) / nullif({{ n }}, 0)) {%- endmacro %}

{#
    The smallest true difference that two groups of this size would show with a chance of 80 %, at 95 %:
    (z.975 + z.80) * sqrt(p (1 - p) (1 / n1 + 1 / n2)). The common share p counts one success and one failure more, so
    that it is never 0 or 1.
#}
{% macro minimum_detectable_effect(s1, n1, s2, n2) -%}
    {%- set p = '(((' ~ s1 ~ ') + (' ~ s2 ~ ') + 1e0) / ((' ~ n1 ~ ') + (' ~ n2 ~ ') + 2e0))' -%}
    round({{ 1.959963984540054 + 0.8416212335729143 }}e0 * sqrt(
        {{ p }} * (1e0 - {{ p }}) * (1e0 / nullif({{ n1 }}, 0) + 1e0 / nullif({{ n2 }}, 0))
    ), 8)
{%- endmacro %}

{#
    p of the chi-square test with one degree of freedom that `n1` of `n` fits a planned share: 2 (1 - Phi(|z|)), Phi by
    the polynomial 26.2.17 of Abramowitz and Stegun, off by less than 1e-7.
#}
{% macro ratio_p(n1, n, planned) -%}
    {%- set z = 'abs((' ~ n1 ~ ') - (' ~ n ~ ') * (' ~ planned ~ ')) / sqrt(nullif((' ~ n ~ ') * (' ~ planned
        ~ ') * (1e0 - (' ~ planned ~ ')), 0))' -%}
    {%- set t = '(1e0 / (1e0 + 0.2316419e0 * ' ~ z ~ '))' -%}
    least(1e0, round(2e0 * exp(-power({{ z }}, 2) / 2e0) / sqrt(2e0 * pi()) * {{ t }} * (
        0.319381530e0 + {{ t }} * (
            -0.356563782e0 + {{ t }} * (1.781477937e0 + {{ t }} * (-1.821255978e0 + {{ t }} * 1.330274429e0))
        )
    ), 8))
{%- endmacro %}

{# The planned share of treated members in a campaign whose arms somebody else drew, by GUILDBOOK_TREATED_SHARES. #}
{% macro planned_treated_share(campaign_id) -%}
    {%- set named -%}
        {%- for pair in env_var('GUILDBOOK_TREATED_SHARES', '').split(',') if pair -%}
            {%- set campaign, share = pair.rsplit('=', 1) -%}
            when {{ campaign_id }} = '{{ campaign | trim | replace("'", "''") }}' then {{ share | float }}e0{{ ' ' }}
        {%- endfor -%}
    {%- endset -%}
    case {{ named }}when true then {{ var('action_effects').planned_treated_share }}e0 end
{%- endmacro %}
