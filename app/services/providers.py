"""Clients of the outside services, built for one person from what they connected."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select, update

from app.clients.discogs import DiscogsClient, DiscogsCredential
from app.domain.providers import SERVICES
from app.domain.records import IdentityRecord
from app.errors import RefusedError
from app.extensions import db
from app.models import Connection
from app.services.limits import DatabaseLimiter
from app.services.vault import VaultError
from app.services.workplace import Workplace
from config import RateLimit

DISCOGS = "discogs"
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class DiscogsAccess:
    """A client, the account it looks at, and how often it may call.

    `is_owner` when the credential is that account's.
    """

    client: DiscogsClient
    username: str
    is_owner: bool
    limit: RateLimit


def discogs_client(
    workplace: Workplace,
    credential: DiscogsCredential,
    *,
    tries: int = 3,
    sleep: Callable[[float], None] = time.sleep,
    patience: float | None = None,
    in_passing: bool = False,
) -> DiscogsClient:
    """A client for `credential`, paced by the budget that fits it.

    1 try is for where a person waits: then a call that could not be made within ten seconds is
    refused instead. So it is with `patience`, in seconds, for whomever. Who asks `in_passing`
    leaves the calls that are kept for people alone.
    """
    settings = workplace.settings
    if tries == 1 and patience is None:
        patience = PATIENCE_SECONDS
    return DiscogsClient(
        credential,
        api_url=settings.discogs_api_url,
        web_url=settings.discogs_web_url,
        user_agent=workplace.user_agent,
        limiter=DatabaseLimiter(
            DISCOGS,
            _limit(workplace, credential),
            sleep=sleep,
            patience=patience,
            for_person=tries == 1 and not in_passing,
            in_passing=in_passing,
            is_watched=workplace.onlookers.are_there,
        ),
        tries=tries,
        sleep=sleep,
    )


def discogs_for(
    workplace: Workplace,
    owner_id: int,
    username: str = "",
    *,
    tries: int = 3,
    sleep: Callable[[float], None] = time.sleep,
) -> DiscogsAccess:
    """Discogs as this person connected it: on the page, else by settings.

    Raises RefusedError "credential" when nothing is connected, unless a `username` is named whose
    public collection is wanted.
    """
    credential = kept_credential(workplace, owner_id) or settings_credential(workplace)
    if credential is None and username:
        credential = DiscogsCredential(username=username)
    if credential is None:
        raise RefusedError(
            DISCOGS, "Discogs is not connected yet. Choose how on the import page.", "credential"
        )
    return DiscogsAccess(
        client=discogs_client(workplace, credential, tries=tries, sleep=sleep),
        username=credential.username,
        is_owner=bool(credential.token or credential.oauth_token),
        limit=_limit(workplace, credential),
    )


def _limit(workplace: Workplace, credential: DiscogsCredential) -> RateLimit:
    """How often Discogs lets somebody with this credential call."""
    settings = workplace.settings
    is_anonymous = not (credential.token or credential.consumer_key)
    return RateLimit.parse(
        settings.discogs_anonymous_limit if is_anonymous else settings.discogs_limit
    )


def limits(workplace: Workplace, owner_id: int) -> dict[str, RateLimit]:
    """How often each provider lets this person's calls through, by its name."""
    told = {each.name: getattr(workplace.settings, f"{each.name}_limit") for each in SERVICES}
    found = {name: RateLimit.parse(text) for name, text in told.items()}
    # What cannot be opened any more is told on the import page.
    with contextlib.suppress(VaultError):
        found[DISCOGS] = _limit(workplace, reader_credential(workplace, owner_id))
    return found


def kept_credential(workplace: Workplace, owner_id: int) -> DiscogsCredential | None:
    """The credential this person typed in or was given by OAuth, opened from the vault."""
    kept = db.session.scalar(
        select(Connection).where(Connection.owner_id == owner_id, Connection.provider == DISCOGS)
    )
    if kept is None:
        return None
    opened = workplace.vault.unlock(kept.secret) if kept.secret else {}
    return DiscogsCredential(username=kept.username, **opened)


def note_name(owner_id: int, account: IdentityRecord) -> bool:
    """Keep the name a connected account has now; whether it is a new one. Does not commit.

    The account is known by its number: people rename.
    """
    renamed = db.session.execute(
        update(Connection)
        .where(
            Connection.owner_id == owner_id,
            Connection.provider == DISCOGS,
            Connection.provider_user_id == account.user_id,
            Connection.username != account.username,
        )
        .values(username=account.username)
        .returning(Connection.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(renamed)


def settings_credential(workplace: Workplace) -> DiscogsCredential | None:
    """The credential from the environment or secrets.json."""
    settings = workplace.settings
    token = settings.discogs_token.get_secret_value()
    if not (token or settings.discogs_username):
        return None
    return DiscogsCredential(username=settings.discogs_username, token=token)


def reader_credential(workplace: Workplace, owner_id: int) -> DiscogsCredential:
    """With whose eyes releases, which are public, are looked at.

    Who is not connected asks with the installation's keys, or as nobody.
    """
    key, secret = app_keys(workplace)
    return (
        kept_credential(workplace, owner_id)
        or settings_credential(workplace)
        or DiscogsCredential(consumer_key=key, consumer_secret=secret)
    )


def app_keys(workplace: Workplace) -> tuple[str, str]:
    """The consumer key and secret of this installation's own Discogs application, or ("", "")."""
    settings = workplace.settings
    return (
        settings.discogs_consumer_key.get_secret_value(),
        settings.discogs_consumer_secret.get_secret_value(),
    )
