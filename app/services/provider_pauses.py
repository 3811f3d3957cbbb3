"""Until when nobody may call a provider that complained. It outlives a restart."""

from __future__ import annotations

from sqlalchemy import Connection

from app.models import ProviderPause
from app.services.put_row import put


def keep(connection: Connection, provider: str, until: float, reason: str) -> None:
    """Note a pause that ends then (seconds since 1970); a longer one stays as it is. No commit.

    Several threads may be told to pause at the same moment.
    """
    pause = {"provider": provider, "until": until, "reason": reason}
    put(connection, ProviderPause, ("provider",), pause, grows="until")
