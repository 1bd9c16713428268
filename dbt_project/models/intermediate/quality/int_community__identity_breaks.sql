-- On days on which the share of new members jumps: did new ids take the place of old ones, and did the old ones vanish?
{% set before = var('identity_break').before_days %}
{% set after = var('identity_break').after_days %}

with

newcomers as (
    select * from {{ ref('int_community__newcomers') }}
),

member_days as (
    select * from {{ ref('fct_member_days') }}
    where is_active
),

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

last_active as (
    select max(n_active_days) as n_active_days from newcomers
),

-- The same is asked of the day itself and of the last one before it whose days after are all before the day.
points as (
    select
        newcomers.day,
        p.is_before,
        newcomers.n_active_days - case when p.is_before then {{ after + 1 }} else 0 end as n_active_days
    from newcomers
    cross join (values (true), (false)) as p (is_before)
    where newcomers.is_jump
),

-- The day itself belongs to neither side: ids may have changed in the middle of it.
sides as (
    select
        points.day,
        points.is_before,
        newcomers.day as active_day,
        newcomers.n_active_days < points.n_active_days as is_past
    from points
    inner join newcomers
        on
            newcomers.n_active_days between points.n_active_days - {{ before }} and points.n_active_days + {{ after }}
            and points.n_active_days <> newcomers.n_active_days
),

-- A regular was active on two days or more: who comes once is no loss.
members as (
    select
        sides.day,
        sides.is_before,
        member_days.member_id,
        count(*) filter (where sides.is_past) >= 2 as is_regular,
        count(*) filter (where not sides.is_past) > 0 as is_after
    from sides
    inner join member_days on sides.active_day = member_days.day
    group by sides.day, sides.is_before, member_days.member_id
),

counted as (
    select
        members.day,
        count(*) filter (where members.is_regular and not members.is_before) as n_regulars_before,
        count(*) filter (where members.is_regular and members.is_after and not members.is_before)
            as n_regulars_returned,
        cast(count(*) filter (where members.is_regular and members.is_after and members.is_before) as double)
        / nullif(count(*) filter (where members.is_regular and members.is_before), 0) as usual_share_returning,
        count(*) filter (where members.is_after and members.is_before) as n_active_before,
        count(*) filter (where members.is_after and not members.is_before) as n_active_after,
        count(*) filter (
            where members.is_after and not members.is_before and first_days.first_active_day >= members.day
        ) as n_new_after
    from members
    inner join first_days on members.member_id = first_days.member_id
    group by members.day
),

judged as (
    select
        counted.*,
        least({{ after }}, last_active.n_active_days - newcomers.n_active_days) as n_days_after,
        {{ chance_of_so_few_of('n_regulars_returned', 'n_regulars_before', 'usual_share_returning / 2') }}
            as chance_of_leaving
    from counted
    inner join newcomers on counted.day = newcomers.day
    cross join last_active
),

final as (
    select
        n_regulars_before,
        n_regulars_returned,
        usual_share_returning,
        n_active_before,
        n_active_after,
        n_new_after,
        round(chance_of_leaving, 12) as chance_of_leaving,
        n_days_after,
        case
            when n_days_after = {{ after }}
                then coalesce(
                    n_new_after >= {{ double(var('identity_break').replaced) }} * n_active_after
                    and n_new_after >= {{ double(var('identity_break').replaced) }} * n_active_before
                    and n_regulars_returned
                    <= {{ double(var('identity_break').returning) }} * usual_share_returning * n_regulars_before
                    and chance_of_leaving < {{ double(var('identity_break').chance) }},
                    false
                )
        end as is_identity_break,
        day
    from judged
)

select * from final
