{#
    Where a member stands on a day, by the days since the first and the last active day (since the first day if never
    active) and since the last return. Dormant and lost members have churned by inactivity: nothing in H days.
#}
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
