"""Names of a file's columns are paired with those that the contract asks for."""

import pytest

from pipelines.ingest.names import pair_names

ASKED = ["interaction_id", "occurred_at", "kind"]


@pytest.mark.parametrize(
    ("missing", "unknown", "pairs"),
    [
        (ASKED, ["id", "time", "type", "user"], {"interaction_id": "id", "occurred_at": "time", "kind": "type"}),
        (ASKED, ["id", "when"], {"interaction_id": "id", "occurred_at": "when"}),
        (ASKED, ["InteractionID", "Occurred At", "Kind"], {
            "interaction_id": "InteractionID", "occurred_at": "Occurred At", "kind": "Kind",
        }),
        (["interaction_id"], ["interaction", "body"], {"interaction_id": "interaction"}),
        (["occurred_at"], ["created_at", "updated"], {"occurred_at": "created_at"}),
        (["member_id"], ["user_id", "post_id"], {"member_id": "user_id"}),
        (["member_id", "content_id"], ["id", "author_id"], {"member_id": "author_id", "content_id": "id"}),
        (["kind"], ["colour", "weight"], {}),
        (["kind"], ["", "***", "种类"], {}),
        ([], ["id"], {}),
    ],
)  # fmt: skip
def test_names_are_paired_by_letters_and_meaning(missing, unknown, pairs):
    assert pair_names(missing, unknown) == pairs


def test_no_name_is_given_away_twice():
    assert len(pair_names(["paid_at", "occurred_at"], ["time"])) == 1
