{% set windows = [7, 30] %}
{{ config(meta={'reach_days': 'lifetime'}) }}

with

content as (
    select * from {{ ref('dim_content') }}
),

prices as (
    select * from {{ ref('int_content__prices') }}
),

payments as (
    select * from {{ ref('payments') }}
    where paid_for = 'content' and content_id is not null
),

currencies as (
    {{ usual_currencies(ref('stg_lake__payments')) }}
),

content_tags as (
    select * from {{ ref('content_tags') }}
),

performance as (
    select * from {{ ref('content_performance') }}
),

build as (
    select through_day from {{ source('control', 'build') }}
),

collected_reads as (
    select is_collected from {{ ref('collected_facts') }}
    where fact = 'reads'
),

collected as (
    select
        collected_reads.is_collected as has_reads,
        max(log_coverage.first_log_day) filter (
            where log_coverage.log = 'payments' and log_coverage.is_collected
        ) as payments_from
    from {{ ref('log_coverage') }} as log_coverage
    cross join collected_reads
    group by collected_reads.is_collected
),

first_paid as (
    select
        content_id,
        count(*) filter (where is_paid) as n_prices,
        min(from_day) filter (where is_paid) as first_paid_day
    from prices
    group by content_id
),

-- What was bought before payments were delivered is not known.
pieces as (
    select
        content.content_id,
        content.author_id,
        first_paid.n_prices,
        first_paid.first_paid_day,
        case
            when first_paid.first_paid_day is not null and collected.payments_from is not null
                then greatest(first_paid.first_paid_day, collected.payments_from)
        end as on_sale_day
    from content
    cross join collected
    left join first_paid on content.content_id = first_paid.content_id
    where
        first_paid.first_paid_day is not null
        or content.content_id in (select payments.content_id from payments)
),

sold as (
    select
        payments.content_id,
        currencies.currency,
        count(*) filter (where payments.movement = 'payment') as n_purchases,
        count(distinct payments.member_id) filter (where payments.movement = 'payment') as n_buyers,
        count(*) filter (
            where payments.movement = 'payment' and payments.currency <> currencies.currency
        ) as n_in_other_currencies,
        min(payments.day) filter (where payments.movement = 'payment') as first_purchase_day,
        sum(payments.discount_minor) filter (
            where payments.movement = 'payment' and payments.currency = currencies.currency
        ) as discount_minor,
        {% for column in ['gross_minor', 'refund_minor', 'fee_minor', 'net_minor'] %}
            sum(payments.{{ column }}) filter (where payments.currency = currencies.currency) as {{ column }},
        {% endfor %}
        max(payments.day) filter (where payments.movement = 'payment') as last_purchase_day
    from payments
    left join currencies on payments.content_id = currencies.content_id
    group by payments.content_id, currencies.currency
),

buyers as (
    select
        content_id,
        member_id,
        min(day) filter (where movement = 'payment') as first_day,
        count(*) filter (where movement = 'refund') > 0 as is_refunded
    from payments
    group by content_id, member_id
    having count(*) filter (where movement = 'payment') > 0
),

tags_on_sale as (
    select
        pieces.content_id,
        pieces.author_id,
        content_tags.tag,
        pieces.on_sale_day,
        {{ add_days('pieces.on_sale_day', var('topic_days')) }} as until_day
    from pieces
    inner join content_tags on pieces.content_id = content_tags.content_id
    where pieces.on_sale_day is not null
),

tagged as (
    select distinct content_id from tags_on_sale
),

free_tags as (
    select
        content.content_id,
        content_tags.tag
    from content
    inner join content_tags on content.content_id = content_tags.content_id
    left join first_paid on content.content_id = first_paid.content_id
    where
        content.kind in {{ in_list(var('content_kinds')) }}
        and first_paid.content_id is null
        and content_tags.tag in (select tags_on_sale.tag from tags_on_sale)
),

wanted as (
    select content_id from pieces
    union
    select content_id from free_tags
),

-- Of the many interactions those with these pieces are read, once.
member_interactions as (
    select
        content_id,
        member_id,
        n_reads,
        n_completions,
        day
    from {{ ref('int_content__member_interactions') }}
    where
        member_id is not null
        and (n_reads > 0 or n_completions > 0)
        and content_id in (select wanted.content_id from wanted)
),

finished as (
    select distinct
        content_id,
        member_id
    from member_interactions
    where n_completions > 0
),

kept as (
    select
        buyers.content_id,
        count(*) filter (where buyers.is_refunded) as n_refunded,
        count(finished.member_id) as n_finished
    from buyers
    left join finished on buyers.content_id = finished.content_id and buyers.member_id = finished.member_id
    group by buyers.content_id
),

piece_readers as (
    select
        pieces.content_id,
        reads.member_id,
        min(reads.day) as first_day
    from member_interactions as reads
    inner join pieces on reads.content_id = pieces.content_id and reads.day >= pieces.on_sale_day
    inner join prices
        on
            reads.content_id = prices.content_id
            and prices.is_paid
            and reads.day >= prices.from_day and reads.day < coalesce(prices.to_day, {{ add_days('reads.day', 1) }})
    where reads.n_reads > 0 and reads.member_id is distinct from pieces.author_id
    group by pieces.content_id, reads.member_id
),

-- By month, so that a read meets the few pieces that went on sale about then and not all of its tag.
sale_months as (
    select distinct
        content_id,
        author_id,
        tag,
        on_sale_day,
        until_day,
        {{ month_of('day') }} as month
    from (
        select
            *,
            {{ each_day('on_sale_day', 'until_day') }} as day
        from tags_on_sale
    ) as days_on_sale
),

free_reads as (
    select distinct
        free_tags.tag,
        reads.member_id,
        reads.day
    from member_interactions as reads
    inner join free_tags on reads.content_id = free_tags.content_id
    where reads.n_reads > 0
),

topic_readers as (
    select
        sale_months.content_id,
        free_reads.member_id,
        min(free_reads.day) as first_day
    from free_reads
    inner join sale_months
        on
            free_reads.tag = sale_months.tag
            and {{ month_of('free_reads.day') }} = sale_months.month
            and free_reads.day >= sale_months.on_sale_day and free_reads.day < sale_months.until_day
    where free_reads.member_id is distinct from sale_months.author_id
    group by sale_months.content_id, free_reads.member_id
),

{% for readers in ['piece_readers', 'topic_readers'] %}
    {{ readers }}_counted as (
        select
            readers.content_id,
            {% for n in windows %}
                count(*) filter (
                    where readers.first_day <= {{ add_days('build.through_day', -n) }}
                ) as n_readers_{{ n }}d,
                count(*) filter (
                    where readers.first_day <= {{ add_days('build.through_day', -n) }}
                    and buyers.first_day <= {{ add_days('readers.first_day', n) }}
                ) as n_buyers_{{ n }}d,
            {% endfor %}
            count(*) as n_readers
        from {{ readers }} as readers
        cross join build
        left join buyers on readers.content_id = buyers.content_id and readers.member_id = buyers.member_id
        where buyers.member_id is null or readers.first_day <= buyers.first_day
        group by readers.content_id
    ),
{% endfor %}

asked as (
    select
        parent_id as content_id,
        content_id as question_id
    from content
    where kind = 'question' and not is_deleted and parent_id is not null
    union
    select
        root_id as content_id,
        content_id as question_id
    from content
    where kind = 'question' and not is_deleted and root_id is not null
),

about as (
    select
        content_id,
        count(*) as n_questions
    from asked
    group by content_id
),

measured as (
    select
        content.content_id,
        content.kind,
        content.title,
        coalesce(prices.is_paid, false) as is_paid,
        prices.price_minor,
        sold.currency,
        pieces.first_paid_day > content.published_day as became_paid,
        coalesce(pieces.n_prices, 0) as n_prices,
        {% for column in ['n_purchases', 'n_buyers', 'n_in_other_currencies'] %}
            case when collected.payments_from is not null then coalesce(sold.{{ column }}, 0) end as {{ column }},
        {% endfor %}
        {% for column in ['discount_minor', 'gross_minor', 'refund_minor', 'fee_minor', 'net_minor'] %}
            case when sold.currency is not null then cast(coalesce(sold.{{ column }}, 0) as bigint) end as {{ column }},
        {% endfor %}
        kept.n_refunded,
        case when collected.has_reads then kept.n_finished end as n_finished,
        {% for readers, name in [('piece_readers', 'readers'), ('topic_readers', 'topic_readers')] %}
            {%- set on_sale = 'collected.has_reads and pieces.on_sale_day is not null'
                ~ (' and tagged.content_id is not null' if readers == 'topic_readers' else '') %}
            case when {{ on_sale }} then coalesce({{ readers }}.n_readers, 0) end as n_{{ name }},
            {%- for n in windows %}
                case
                    when {{ on_sale }} then coalesce({{ readers }}.n_readers_{{ n }}d, 0)
                end as n_{{ name }}_{{ n }}d,
                case
                    when {{ on_sale }} then coalesce({{ readers }}.n_buyers_{{ n }}d, 0)
                end as n_{{ name }}_bought_{{ n }}d,
            {%- endfor %}
        {% endfor %}
        performance.n_scores,
        performance.mean_score,
        coalesce(about.n_questions, 0) as n_questions,
        content.published_day,
        pieces.first_paid_day,
        sold.first_purchase_day,
        sold.last_purchase_day
    from pieces
    cross join collected
    inner join content on pieces.content_id = content.content_id
    left join prices on pieces.content_id = prices.content_id and prices.to_day is null
    left join sold on pieces.content_id = sold.content_id
    left join kept on pieces.content_id = kept.content_id
    left join piece_readers_counted as piece_readers on pieces.content_id = piece_readers.content_id
    left join topic_readers_counted as topic_readers on pieces.content_id = topic_readers.content_id
    left join tagged on pieces.content_id = tagged.content_id
    left join performance on pieces.content_id = performance.content_id
    left join about on pieces.content_id = about.content_id
),

final as (
    select
        content_id,
        kind,
        title,
        is_paid,
        price_minor,
        currency,
        became_paid,
        n_prices,
        n_purchases,
        n_buyers,
        n_in_other_currencies,
        discount_minor,
        gross_minor,
        refund_minor,
        fee_minor,
        net_minor,
        n_refunded,
        {{ share('n_refunded', 'n_buyers') }} as refund_rate,
        {{ wilson_low('n_refunded', 'n_buyers') }} as refund_rate_low,
        {{ wilson_high('n_refunded', 'n_buyers') }} as refund_rate_high,
        n_finished,
        {{ share('n_finished', 'n_buyers') }} as completion_rate,
        {{ wilson_low('n_finished', 'n_buyers') }} as completion_rate_low,
        {{ wilson_high('n_finished', 'n_buyers') }} as completion_rate_high,
        {% for name in ['readers', 'topic_readers'] %}
            n_{{ name }},
            {%- for n in windows %}
                {%- set bought, read = 'n_' ~ name ~ '_bought_' ~ n ~ 'd', 'n_' ~ name ~ '_' ~ n ~ 'd' %}
                {{ read }},
                {{ bought }},
                {{ share(bought, read) }} as {{ name }}_bought_{{ n }}d,
                {{ wilson_low(bought, read) }} as {{ name }}_bought_{{ n }}d_low,
                {{ wilson_high(bought, read) }} as {{ name }}_bought_{{ n }}d_high,
            {%- endfor %}
        {% endfor %}
        1000 * cast(net_minor as double) / nullif(n_readers, 0) as net_per_1000_readers_minor,
        n_scores,
        mean_score,
        n_questions,
        published_day,
        first_paid_day,
        first_purchase_day,
        last_purchase_day
    from measured
)

select * from final
