"""The draw into arms: by a keyed hash, so that it is random to everybody without the key and the same on every run."""

from __future__ import annotations

import hashlib
import hmac

HASH_VERSION = "hmac-sha256-1"
"""Names the inputs of the hash and how a number is made of it; another way of drawing gets another name."""

TREATED, CONTROL = "treated", "held_out"


def draw_arm(key: bytes, campaign_id: str, member_id: str, held_out_share: float) -> str:
    """Return the arm of a member in a campaign.

    Another campaign draws again. Whoever has the key can draw again and compare with the log.

    Args:
        key: The home's secret key; without it the arm cannot be told beforehand.
        campaign_id: The campaign.
        member_id: The member.
        held_out_share: Chance of the control arm, from 0 to 1.
    """
    message = b"\0".join([HASH_VERSION.encode(), campaign_id.encode(), member_id.encode()])
    digest = hmac.new(key, message, hashlib.sha256).digest()
    point = int.from_bytes(digest[:8], "big") / 2**64
    return CONTROL if point < held_out_share else TREATED


def key_id(key: bytes) -> str:
    """Return a short name of a key that does not give the key away; the log shows with it when the key was changed."""
    return hashlib.sha256(b"guildbook arm key\0" + key).hexdigest()[:8]
