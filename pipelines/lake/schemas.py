"""Columns of the ledgers, defined once. ``pipelines.lake.ledger`` reads and writes them."""

from __future__ import annotations

import pyarrow as pa

_INSTANT = pa.timestamp("us", tz="UTC")

SCHEMAS: dict[str, pa.Schema] = {
    # One row per delivered file; a log day whose folder vanished has one row without a file and status "removed".
    "deliveries": pa.schema(
        [
            ("delivery_id", pa.string()),
            ("log", pa.string()),
            ("log_day", pa.date32()),
            ("file", pa.string()),
            ("bytes", pa.int64()),
            ("delivered", pa.int64()),
            ("accepted", pa.int64()),
            ("quarantined", pa.int64()),
            ("status", pa.string()),
            ("reason", pa.string()),
            ("fingerprint", pa.string()),
            ("ingested_at", _INSTANT),
            ("run_id", pa.string()),
        ]
    ),
    # One row per finding in a delivery, with its id and the time of its ingestion, or in the landing folder, without
    # log day: that stands until a row with is_gone.
    "delivery_findings": pa.schema(
        [
            ("delivery_id", pa.string()),
            ("log", pa.string()),
            ("log_day", pa.date32()),
            ("finding", pa.string()),
            ("name", pa.string()),
            ("n_rows", pa.int64()),
            ("said", pa.string()),
            ("cure", pa.string()),
            ("is_gone", pa.bool_()),
            ("found_at", _INSTANT),
            ("run_id", pa.string()),
        ]
    ),
    # One row per pull of a source; rows and landed are JSON objects, rows by table and by log.
    "pulls": pa.schema(
        [
            ("source", pa.string()),
            ("kind", pa.string()),
            ("started_at", _INSTANT),
            ("ended_at", _INSTANT),
            ("outcome", pa.string()),
            ("reason", pa.string()),
            ("rows", pa.string()),
            ("landed", pa.string()),
            ("remarks", pa.string()),
        ]
    ),
    # One row per event day of a log day's part; an emptied part has one row without an event day and n_rows 0.
    "manifest": pa.schema(
        [
            ("log", pa.string()),
            ("log_day", pa.date32()),
            ("event_day", pa.date32()),
            ("n_rows", pa.int64()),
            ("checksum", pa.string()),
            ("fingerprint", pa.string()),
            ("verdict", pa.string()),
            ("run_id", pa.string()),
            ("recorded_at", _INSTANT),
        ]
    ),
    # One row per expectation checked.
    "gate_results": pa.schema(
        [
            ("gate", pa.string()),
            ("table_name", pa.string()),
            ("day", pa.date32()),
            ("expectation", pa.string()),
            ("severity", pa.string()),
            ("is_passed", pa.bool_()),
            ("observed", pa.string()),
            ("expected", pa.string()),
            ("reason", pa.string()),
            ("run_id", pa.string()),
            ("checked_at", _INSTANT),
        ]
    ),
    # One row per exception that a person granted to a gate.
    "waivers": pa.schema(
        [
            ("table_name", pa.string()),
            ("day", pa.date32()),
            ("reason", pa.string()),
            ("waived_by", pa.string()),
            ("waived_at", _INSTANT),
        ]
    ),
    # One row per publication made or refused; the fingerprint is that of the transformations and their settings.
    "publications": pa.schema(
        [
            ("version", pa.int64()),
            ("through_day", pa.date32()),
            ("status", pa.string()),
            ("run_id", pa.string()),
            ("published_at", _INSTANT),
            ("fingerprint", pa.string()),
        ]
    ),
    # One row per published figure of a past period that a later publication changed.
    "restatements": pa.schema(
        [
            ("mart", pa.string()),
            ("metric", pa.string()),
            ("dimension", pa.string()),
            ("day", pa.date32()),
            ("old_value", pa.float64()),
            ("new_value", pa.float64()),
            ("cause", pa.string()),
            ("delivery_ids", pa.list_(pa.string())),
            ("since_version", pa.int64()),
            ("version", pa.int64()),
            ("through_day", pa.date32()),
            ("run_id", pa.string()),
            ("recorded_at", _INSTANT),
        ]
    ),
    # One row per run that built the marts: how many days it had to.
    "builds": pa.schema(
        [
            ("run_id", pa.string()),
            ("full_because", pa.string()),
            ("first_day", pa.date32()),
            ("through_day", pa.date32()),
            ("n_days", pa.int64()),
            ("n_stale_days", pa.int64()),
            ("n_stale_as_of_days", pa.int64()),
            ("built_at", _INSTANT),
        ]
    ),
    # One row per trained model, learner, split, cut-off, segment and metric.
    "churn_evaluations": pa.schema(
        [
            ("definition", pa.string()),
            ("learner", pa.string()),
            ("split", pa.string()),
            ("cut_off", pa.date32()),
            ("segment", pa.string()),
            ("n", pa.int64()),
            ("metric", pa.string()),
            ("value", pa.float64()),
            ("low", pa.float64()),
            ("high", pa.float64()),
            ("model_version", pa.string()),
            ("is_champion", pa.bool_()),
            ("trained_through_day", pa.date32()),
        ]
    ),
    # One row per trained model, learner, split and bin of predictions.
    "churn_calibration": pa.schema(
        [
            ("definition", pa.string()),
            ("learner", pa.string()),
            ("split", pa.string()),
            ("bin", pa.int64()),
            ("n", pa.int64()),
            ("mean_probability", pa.float64()),
            ("churn_rate", pa.float64()),
            ("model_version", pa.string()),
            ("is_champion", pa.bool_()),
            ("trained_through_day", pa.date32()),
        ]
    ),
    # One row per day, member and campaign drawn into an arm; written before the day's list.
    "action_assignments": pa.schema(
        [
            ("day", pa.date32()),
            ("member_id", pa.string()),
            ("campaign_id", pa.string()),
            ("kind", pa.string()),
            ("arm", pa.string()),
            ("definition", pa.string()),
            ("risk_band", pa.string()),
            ("held_out_share", pa.float64()),
            ("hash_version", pa.string()),
            ("key_id", pa.string()),
            ("run_id", pa.string()),
            ("drawn_at", _INSTANT),
        ]
    ),
    # One row per campaign whose day of judgement was named, with the last day of the data when it was first seen.
    "judgement_days": pa.schema(
        [
            ("campaign_id", pa.string()),
            ("judgement_day", pa.date32()),
            ("named_day", pa.date32()),
            ("run_id", pa.string()),
            ("named_at", _INSTANT),
        ]
    ),
    # One row per member on a day's list; the arm is in action_assignments.
    "retention_actions": pa.schema(
        [
            ("day", pa.date32()),
            ("rank", pa.int64()),
            ("member_id", pa.string()),
            ("campaign_id", pa.string()),
            ("kind", pa.string()),
            ("suggestion_en", pa.string()),
            ("suggestion_zh", pa.string()),
            ("content_ids", pa.string()),
            ("suggested_by", pa.string()),
            ("event_id", pa.string()),
            ("definition", pa.string()),
            ("probability", pa.float64()),
            ("risk_band", pa.string()),
            ("reasons_en", pa.string()),
            ("reasons_zh", pa.string()),
            ("model_version", pa.string()),
            ("term_end", pa.date32()),
            ("least_risk", pa.float64()),
            ("capacity", pa.int64()),
            ("value_basis", pa.string()),
            ("value_minor", pa.int64()),
            ("currency", pa.string()),
            ("weight", pa.float64()),
            ("score", pa.float64()),
            ("ranked_by", pa.string()),
            ("ranked_because_en", pa.string()),
            ("ranked_because_zh", pa.string()),
            ("run_id", pa.string()),
            ("made_at", _INSTANT),
        ]
    ),
    # One row per evaluation of suggestions, method and number of pieces suggested.
    "suggestion_evaluations": pa.schema(
        [
            ("day", pa.date32()),
            ("cut_off", pa.date32()),
            ("method", pa.string()),
            ("n_suggested", pa.int64()),
            ("n_members", pa.int64()),
            ("n_hits", pa.int64()),
            ("hit_rate", pa.float64()),
            ("n_cut_offs", pa.int64()),
            ("gain", pa.float64()),
            ("gain_low", pa.float64()),
            ("gain_high", pa.float64()),
            ("is_used", pa.bool_()),
            ("run_id", pa.string()),
        ]
    ),
    # One row per erased id of a member, by its tombstone; the id itself is known by a keyed hash alone.
    "erasures": pa.schema(
        [
            ("erasure_id", pa.string()),
            ("tombstone", pa.string()),
            ("id_hash", pa.string()),
            ("asked_by", pa.string()),
            ("n_files", pa.int64()),
            ("n_values", pa.int64()),
            ("n_left", pa.int64()),
            ("erased_at", _INSTANT),
        ]
    ),
    # One row per step of sending a message to a target: intended, then sent, failed, unsure or left. The message itself
    # is not kept. The rows of a message share target and key; about names the alarms that it spoke of, as JSON.
    "messages": pa.schema(
        [
            ("target", pa.string()),
            ("key", pa.string()),
            ("state", pa.string()),
            ("attempt", pa.int64()),
            ("reply", pa.string()),
            ("about", pa.string()),
            ("noted_at", _INSTANT),
        ]
    ),
    # One row per training; the card is the model card as JSON.
    "churn_trainings": pa.schema(
        [
            ("model_version", pa.string()),
            ("definition", pa.string()),
            ("horizon_days", pa.int64()),
            ("learner", pa.string()),
            ("reason", pa.string()),
            ("card", pa.string()),
            ("trained_through_day", pa.date32()),
            ("run_id", pa.string()),
            ("trained_at", _INSTANT),
        ]
    ),
}

ORACLE = pa.schema(
    [
        ("definition", pa.string()),
        ("horizon_days", pa.int64()),
        ("known_after_days", pa.int64()),
        ("member_id", pa.string()),
        ("as_of_day", pa.date32()),
        ("probability", pa.float64()),
    ]
)
"""Probabilities of churn by the hazards that moved the members of a simulated community."""

PREDICTIONS = pa.schema(
    [
        ("member_id", pa.string()),
        ("day", pa.date32()),
        ("definition", pa.string()),
        ("probability", pa.float64()),
        ("risk_band", pa.string()),
        ("reasons_en", pa.string()),
        ("reasons_zh", pa.string()),
        ("drivers", pa.string()),
        ("learner", pa.string()),
        ("model_version", pa.string()),
        ("run_id", pa.string()),
        ("scored_at", _INSTANT),
    ]
)
"""One row per member, scored day, definition and model version; files under ``home.predictions``, not a ledger."""

QUARANTINE = pa.schema(
    [
        ("file", pa.string()),
        ("line", pa.int64()),
        ("reason", pa.string()),
        ("column_name", pa.string()),
        ("raw_text", pa.string()),
        ("raw_sha256", pa.string()),
        ("raw_bytes", pa.int64()),
    ]
)
"""One row per line that could not be accepted; files under ``home.lake/quarantine``, one per log day, not a ledger."""
