"""The log contract agrees with itself and with the dbt project that stages it: whoever changes one side hears of it."""

import re

import pytest
import yaml

from pipelines import contract
from pipelines.contract import DUCKDB_TYPES, LOGS, Type
from pipelines.lake.sources import part_columns
from pipelines.settings import PROJECT_DIR

DBT = PROJECT_DIR / "dbt_project"
STAGING = DBT / "models" / "staging"

OF_INGESTION = {"source_seq", "op", "extra"}
"""Columns of a part that staging has used up when it has chosen the winning version."""

MADE_BY_STAGING = {"event_day", "log_day", "day", "joined_day", "published_day", "starts_day", "account_id"}
"""What staging adds to a log's own columns: days, and the id that a person's state was delivered under."""

BEFORE_STAGING = {"interactions": "changed_interactions", "identity_links": "identity_links"}
"""Logs whose rows are needed before there is a staging: who is one person, and what came of the one large log."""

THRESHOLDS = {
    "half_life_least_reads", "latest_interactions", "alert_series", "alert_rules", "today_rules", "lasting_alarms",
    "completeness_least_weeks", "lateness_log_days", "lateness_least_log_days", "lateness_share",
    "outage_rows", "outage_regular_rows", "outage_regular_days", "outage_chance", "outage_evenness",
    "value_prior_days", "value_means", "event_value_days", "topic_days",
    "identity_break", "action_effects", "low_scores", "answer_desk",
}  # fmt: skip
"""What dbt's models are set to, beside lists of kinds."""

TYPE_OF_SUFFIX = {"_id": Type.ID, "_at": Type.TIME, "_minor": Type.INTEGER}
"""Ids are never numbers, and money is whole minor units."""

each_log = pytest.mark.parametrize("log", LOGS.values(), ids=LOGS)


def yaml_of(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def versions_of(log):
    """The model of the winning versions of a log's rows."""
    name = BEFORE_STAGING.get(log.name)
    return DBT / "models" / "base" / f"{name}.sql" if name else STAGING / f"stg_lake__{log.name}.sql"


def final_columns(sql):
    """Names that the CTE ``final`` selects."""
    (body,) = re.findall(r"final as \(\s*select(.*?)\n    from ", sql, re.DOTALL)
    return [re.split(r"\s+as\s+", item.strip())[-1] for item in re.split(r",\n", body)]


@each_log
def test_a_key_is_made_of_required_columns(log):
    assert log.key
    assert all(log.column(name).required for name in log.key)


@each_log
def test_a_pair_is_the_log_s_key(log):
    assert log.pair in ((), log.key)


@each_log
def test_columns_are_well_formed(log):
    names = [column.name for column in log.own_columns]
    assert len(names) == len(set(names))
    for column in log.own_columns:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name)
        assert column.description.endswith(".")
        assert (column.type is Type.KIND) == bool(column.kinds), f"{column.name}: only kinds have kinds"
        assert len(set(column.kinds)) == len(column.kinds)
        for suffix, type_ in TYPE_OF_SUFFIX.items():
            assert not column.name.endswith(suffix) or column.type is type_, f"{column.name} is no {type_}"


@each_log
def test_every_log_says_when_its_fact_happened(log):
    column = log.column("occurred_at")
    assert column.required
    assert column.type is Type.TIME


def test_logs_are_found_by_their_name():
    assert list(LOGS) == [log.name for log in LOGS.values()]
    with pytest.raises(KeyError, match="members has no column shoe_size"):
        LOGS["members"].column("shoe_size")


def test_every_type_is_stored_as_something():
    assert set(DUCKDB_TYPES) == set(Type)


def test_each_kind_of_content_is_content_or_authored_act():
    kinds = set(LOGS["content"].column("kind").kinds)
    assert set(contract.CONTENT_KINDS) | set(contract.AUTHORED_INTERACTIONS) == kinds
    assert not set(contract.CONTENT_KINDS) & set(contract.AUTHORED_INTERACTIONS)


def test_vocabulary_is_made_of_kinds_of_the_logs():
    logged = set(LOGS["interactions"].column("kind").kinds)
    assert {kind for kinds in contract.AUTHORED_INTERACTIONS.values() for kind in kinds} <= logged
    at_events = {kind for kinds in contract.EVENT_INTERACTIONS.values() for kind in kinds}
    assert at_events <= logged - set(contract.READ_KINDS)
    assert set(contract.EVENT_INTERACTIONS) <= set(LOGS["event_participation"].column("state").kinds)
    assert set(contract.READ_KINDS) <= logged
    assert set(contract.EXCLUDED_ROLES) <= set(LOGS["members"].column("role").kinds)
    assert set(contract.GONE_STATUSES) <= set(LOGS["members"].column("status").kinds)


def test_every_interaction_speaks_for_one_need_that_surveys_know_too():
    spoken_for = [kind for kinds in contract.NEED_INTERACTIONS.values() for kind in kinds]
    assert sorted(spoken_for) == sorted(LOGS["interactions"].column("kind").kinds)
    assert all(need in LOGS["members"].column("needs").description for need in contract.NEED_INTERACTIONS)


def test_steps_that_cost_money_are_steps_of_the_log():
    assert set(contract.PAID_STEPS) <= set(LOGS["subscriptions"].column("step").kinds)


VOCABULARY = (
    "content_kinds", "authored_interactions", "event_interactions", "read_kinds", "excluded_roles", "gone_statuses",
    "need_interactions", "paid_steps", "payment_failure_reasons", "activity_logs",
)  # fmt: skip


ORDERED = ("need_interactions",)
"""Lists for dbt, because their order decides ties."""


@pytest.mark.parametrize("name", VOCABULARY)
def test_dbt_has_the_same_vocabulary(name):
    ours = getattr(contract, name.upper())
    expected = {kind: list(kinds) for kind, kinds in ours.items()} if isinstance(ours, dict) else list(ours)
    if name in ORDERED:
        expected = [{"need": need, "interactions": kinds} for need, kinds in expected.items()]

    assert yaml_of(DBT / "dbt_project.yml")["vars"][name] == expected


def test_dbt_links_to_the_addresses_that_ingestion_does_not_warn_of():
    assert yaml_of(DBT / "dbt_project.yml")["vars"]["web_address"] == contract.rules.WEB_ADDRESS


def test_dbt_has_no_other_vocabulary():
    known = {
        "web_address",
        *VOCABULARY,
        *THRESHOLDS,
        "response_kinds",
        "scales_of_5",
        "contact_kinds",
        "suggested_kinds",
        "marts_of_log",
        "version_columns",
    }
    assert set(yaml_of(DBT / "dbt_project.yml")["vars"]) == known


def test_lists_that_only_dbt_has_are_made_of_kinds_of_the_logs():
    own = yaml_of(DBT / "dbt_project.yml")["vars"]
    assert set(own["response_kinds"]) <= set(LOGS["content"].column("kind").kinds)
    assert set(own["contact_kinds"]) <= set(LOGS["actions"].column("kind").kinds)
    assert set(own["suggested_kinds"]) <= set(LOGS["content"].column("kind").kinds)
    assert set(own["scales_of_5"]) <= set(LOGS["feedback"].column("scale").kinds)
    assert list(own["marts_of_log"]) == list(LOGS)


def test_dbt_knows_the_columns_of_every_log():
    own = yaml_of(DBT / "dbt_project.yml")["vars"]["version_columns"]
    assert own == {name: [one for one in part_columns(log) if one != "source_seq"] for name, log in LOGS.items()}


def test_versions_of_a_log_are_put_in_the_order_of_its_own_columns():
    """dbt puts nothing for the columns of a log that it does not know, and ties would be settled by chance."""
    models = {path.stem: path.read_text(encoding="utf-8") for path in (DBT / "models").rglob("*.sql")}
    of_source = re.compile(r"_versions\(source\('lake', '(\w+)'\), \[[^]]*\], '(\w+)'\)")
    named = re.compile(r"(?:_versions\([^)]*(?:\)[^)]*)?, |best_version_\w+\((?:'\w+', )?)'(\w+)'\)")

    assert [name for name, text in models.items() if any(log != own for log, own in of_source.findall(text))] == []
    found = {log for text in models.values() for log in named.findall(text)}
    assert found == {*LOGS}


def test_dbt_reads_every_log_where_the_lake_keeps_it():
    (lake,) = [source for source in yaml_of(DBT / "models" / "sources.yml")["sources"] if source["name"] == "lake"]
    tables = {table["name"]: table for table in lake["tables"] if table["name"] != "quarantine"}

    assert list(tables) == list(LOGS)
    for name, table in tables.items():
        meta = table["config"]["meta"]
        assert meta["path"] == f"raw/{name}/log_day=*/part-0.parquet"
        assert meta["dagster"]["asset_key"] == ["raw", name]
        assert LOGS[name].grain in table["description"]


def test_every_staging_model_is_of_a_log():
    expected = {f"stg_lake__{name}" for name in LOGS} - {f"stg_lake__{name}" for name in BEFORE_STAGING}
    assert {path.stem for path in STAGING.glob("*.sql")} == expected
    assert {path.stem for path in STAGING.glob("stg_lake__*.yml")} == expected


@each_log
def test_staging_keeps_every_column_of_the_log(log):
    columns = final_columns(versions_of(log).read_text(encoding="utf-8"))
    own = {column.name for column in log.own_columns} - OF_INGESTION

    # The one large log keeps what is read downstream: its other columns would be written for nothing.
    # Of two states of a member for an event at one moment the later version holds.
    ordered = {"source_seq"} if log is LOGS["event_participation"] else set()
    replies = {"interaction_id", "target_member_id", "channel", "source"}
    of_interactions = {"kind", "member_id", "content_id", "event_id", "occurred_at"} | replies
    kept = of_interactions if log is LOGS["interactions"] else own
    assert kept <= set(columns)
    assert set(columns) - kept - ordered <= MADE_BY_STAGING


@each_log
def test_staging_describes_what_the_contract_does_not(log):
    (model,) = yaml_of(versions_of(log).with_suffix(".yml"))["models"]
    columns = final_columns(versions_of(log).read_text(encoding="utf-8"))
    described = {column["name"]: column["description"] for column in model["columns"] if "description" in column}
    contract = {column.name: column.description for column in log.columns}

    assert model["name"] == versions_of(log).stem
    assert [name for name in columns if name in {one["name"] for one in model["columns"]}] == [
        column["name"] for column in model["columns"]
    ]
    assert set(columns) - set(described) <= set(contract)
    assert [name for name, text in described.items() if text == contract.get(name)] == []


@each_log
def test_staging_finds_versions_by_the_log_s_key(log):
    sql = versions_of(log).read_text(encoding="utf-8")
    if log.name == "interactions":
        (partition,) = re.findall(r"partition by (.*)\n", sql)
        assert set(partition.split(", ")) == {"event_day", "source", *log.key}
    else:
        relation = "'pairs'" if log.pair else f"source('lake', '{log.name}')"
        (key,) = re.findall(rf"winning_versions\({re.escape(relation)}, \[(.*?)\]", sql)
        assert tuple(re.findall(r"'(\w+)'", key)) == log.key


@each_log
def test_every_number_has_bounds_that_no_sum_of_a_community_can_overflow(log):
    # Of a score the scale is the bound; a version is only compared.
    for column in log.columns:
        if column.type in (Type.INTEGER, Type.NUMBER) and column.name != "score":
            assert column.least is not None, column.name
            assert column.least < column.most
            assert max(abs(column.least), column.most) * 9_000_000 < 2**63


@each_log
def test_rules_of_a_row_speak_of_columns_of_the_log(log):
    names = {column.name: column.name for column in log.own_columns} | {"log_day": "log_day"}
    for rule in log.rules:
        assert rule.broken.format_map(names)
        assert "{" + rule.column + "}" in rule.broken
    warned = [rule.column for rule in log.rules if rule.is_warning]
    assert len(set(warned)) == len(warned), "a log day has one finding of a column"


def test_currencies_are_codes():
    assert all(re.fullmatch("[A-Z]{3}", code) for code in contract.CURRENCIES)
    assert len(set(contract.CURRENCIES)) == len(contract.CURRENCIES)
    assert {"CNY", "EUR", "USD", "JPY", "KWD"} <= set(contract.CURRENCIES)
    assert not {"XXX", "RMB", "ABC"} & set(contract.CURRENCIES)
