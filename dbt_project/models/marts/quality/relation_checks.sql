with

unioned as (
    {% for subject in ['interactions', 'content', 'events', 'members', 'payments', 'subscriptions'] %}
        select
            rule,
            log,
            n_rows,
            n_broken,
            examples,
            log_day
        from {{ ref('int_relations__' ~ subject) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

build as (
    select * from {{ source('control', 'build') }}
),

-- Of interactions the last four weeks alone are judged in every run, so that a full rebuild gives the same rows.
final as (
    select
        unioned.rule,
        unioned.log,
        unioned.log_day,
        unioned.n_rows,
        unioned.n_broken,
        unioned.examples
    from unioned
    cross join build
    where unioned.log <> 'interactions' or unioned.log_day > {{ add_days('build.through_day', -28) }}
)

select * from final
