"""Who is asking. Until accounts exist there is one owner, made by the first migration."""

from __future__ import annotations

FIRST_OWNER_ID = 1


def owner_id() -> int:
    """The id of the person this request is for."""
    return FIRST_OWNER_ID
