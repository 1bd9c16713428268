{% macro lifecycle(known_days, silent_days, returned_days) -%}
    case
        when {{ known_days }} < {{ horizon_days() }} then 'new'
        when {{ silent_days }} >= 3 * {{ horizon_days() }} then 'lost'
        when {{ silent_days }} >= {{ horizon_days() }} then 'dormant'
        when {{ returned_days }} < {{ horizon_days() }} then 'resurrected'
        when 2 * {{ silent_days }} >= {{ horizon_days() }} then 'at_risk'
        else 'active'
    end
{%- endmacro %}
