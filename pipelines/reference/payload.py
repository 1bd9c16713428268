"""The JSON Schema of what targets of the kind ``post`` get, from the model that writes it."""

from __future__ import annotations

import json

from pipelines.sending.ways.post import Payload


def payload_schema() -> str:
    """Render the schema."""
    schema = Payload.model_json_schema() | {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
