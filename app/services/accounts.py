"""Connecting a person with Discogs: every credential is tried before it is kept.

What is kept is encrypted by the vault and never leaves this layer: pages learn the user name, the
kind of connection and when it was last found good.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select

from app.clients.discogs import DiscogsCredential
from app.domain.records import IdentityRecord
from app.domain.text import clean
from app.errors import InvalidInputError, RefusedError
from app.extensions import db
from app.models import Connection, OAuthRequest
from app.models.base import utcnow
from app.services import catalogue_lock, reconnecting
from app.services.providers import DISCOGS, app_keys, discogs_client, settings_credential
from app.services.workplace import Workplace

SIGN_IN_LIVES = timedelta(minutes=15)
LONGEST_SECRET = 400
LONGEST_NAME = 200
_PROFILE_ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?discogs\.com/(?:\w\w/)?user/([^/?#\s]+).*")


@dataclass(frozen=True, slots=True)
class Connected:
    """Who is connected and how: "username", "token" or "oauth".

    `checked_at` is None for a connection that stands in the settings, which only they can end.
    """

    username: str
    kind: str
    checked_at: datetime | None


class SignInError(InvalidInputError):
    """The way back from Discogs led nowhere; nothing was connected."""


def connected(workplace: Workplace, owner_id: int) -> Connected | None:
    """This person's connection with Discogs, kept or in the settings; asks nobody."""
    kept: Connection | None = db.session.scalar(_kept(owner_id))
    if kept is not None:
        return Connected(kept.username, kept.kind, kept.checked_at)
    given = settings_credential(workplace)
    if given is None:
        return None
    return Connected(given.username, "token" if given.token else "username", None)


def connect_username(workplace: Workplace, owner_id: int, username: str) -> Connected:
    """Look at somebody's public collection. One call to Discogs; commits.

    Raises InvalidInputError at "username", or what the client raises; then nothing is kept.
    """
    name = _username(username)
    with closing(discogs_client(workplace, DiscogsCredential(username=name), tries=1)) as client:
        profile = client.profile(name)
    if profile is None:
        raise _wrong("username", f"Discogs knows nobody called {name}.")
    if profile.num_collection is None:
        raise _wrong(
            "username",
            f"The collection of {profile.username} is private. Make it public at "
            "https://www.discogs.com/settings/privacy, or connect with a token.",
        )
    return _keep(workplace, owner_id, "username", profile, {})


def connect_token(workplace: Workplace, owner_id: int, token: str) -> Connected:
    """Connect with a personal access token. One call to Discogs; commits.

    Raises InvalidInputError at "token", or what the client raises; then nothing is kept.
    """
    token = _secret("token", token, "Paste your token here.")
    try:
        identity = _identity(workplace, DiscogsCredential(token=token))
    except RefusedError as error:
        if error.reason != "credential":
            raise
        raise _wrong("token", str(error)) from None
    return _keep(workplace, owner_id, "token", identity, {"token": token})


def has_app_keys(workplace: Workplace) -> bool:
    """Whether the settings name a Discogs application, so that nobody need type its keys."""
    return all(app_keys(workplace))


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in begun: where to send the person, and the token their browser must come back with.

    The token is no secret: Discogs puts it into addresses. Its secret stays in the database.
    """

    authorize_url: str
    token: str


def start_sign_in(
    workplace: Workplace, owner_id: int, callback_url: str, key: str = "", secret: str = ""
) -> SignIn:
    """Begin OAuth with these keys of a Discogs application, else the settings'. Commits.

    One call to Discogs. Raises InvalidInputError at "consumer_key", or what the client raises.
    """
    consumer = _consumer(workplace, key, secret)
    try:
        with closing(discogs_client(workplace, consumer, tries=1)) as client:
            begun = client.start_oauth(callback_url)
    except RefusedError as error:
        if error.reason != "credential":
            raise
        raise _wrong("consumer_key", "Discogs does not accept this key and secret.") from None
    db.session.execute(
        delete(OAuthRequest).where(OAuthRequest.created_at < utcnow() - 4 * SIGN_IN_LIVES)
    )
    sealed = workplace.vault.lock(
        {
            "secret": begun.request_secret,
            "consumer_key": consumer.consumer_key,
            "consumer_secret": consumer.consumer_secret,
        }
    )
    db.session.add(OAuthRequest(owner_id=owner_id, token=begun.request_token, secret=sealed))
    db.session.commit()
    return SignIn(begun.authorize_url, begun.request_token)


def finish_sign_in(
    workplace: Workplace, owner_id: int, awaited: str, token: str, verifier: str
) -> Connected:
    """End OAuth for the browser that began it; good once, for 15 minutes. Two calls; commits.

    `awaited` is the token this browser was sent away with ("" if it knows of none), `token` the
    one it came back with. Raises SignInError, each time saying what happened, or what the client
    raises.
    """
    sealed = _claim(owner_id, awaited, token)
    if not verifier:
        raise SignInError("Discogs sent you back without its permission. Nothing was connected.")
    opened = workplace.vault.unlock(sealed)
    secret = opened.pop("secret")
    try:
        with closing(discogs_client(workplace, DiscogsCredential(**opened), tries=1)) as client:
            credential = client.finish_oauth(token, secret, verifier)
    except RefusedError as error:
        if error.reason != "credential":
            raise
        raise SignInError(
            "Discogs does not accept this sign-in: it is too old or was used before. "
            "Nothing was connected."
        ) from None
    identity = _identity(workplace, credential)
    kept = {"oauth_token": credential.oauth_token, "oauth_secret": credential.oauth_secret}
    return _keep(workplace, owner_id, "oauth", identity, {**opened, **kept})


def drop_sign_in(owner_id: int, awaited: str) -> None:
    """Forget a sign-in that the person declined at Discogs. Commits."""
    db.session.execute(
        delete(OAuthRequest).where(OAuthRequest.owner_id == owner_id, OAuthRequest.token == awaited)
    )
    db.session.commit()


def disconnect(owner_id: int) -> None:
    """Erase the connection with its secrets, and sign-ins under way. Commits."""
    db.session.execute(
        delete(Connection).where(Connection.owner_id == owner_id, Connection.provider == DISCOGS)
    )
    db.session.execute(delete(OAuthRequest).where(OAuthRequest.owner_id == owner_id))
    db.session.commit()


def _identity(workplace: Workplace, credential: DiscogsCredential) -> IdentityRecord:
    with closing(discogs_client(workplace, credential, tries=1)) as client:
        return client.identity()


def _claim(owner_id: int, awaited: str, token: str) -> bytes:
    """Take the sign-in out of the database, so that nobody can use it again; what was sealed.

    Commits.
    """
    mine = (OAuthRequest.owner_id == owner_id, OAuthRequest.token == token)
    if token != awaited:
        if db.session.scalar(select(OAuthRequest.id).where(*mine)) is None:
            raise SignInError(
                "This sign-in was used already, or was not begun here. Nothing was connected."
            )
        raise SignInError(
            "This answer belongs to a sign-in begun in another tab or browser, or your browser "
            "has lost its cookie. Nothing was connected."
        )
    taken = db.session.execute(
        delete(OAuthRequest)
        .where(*mine)
        .returning(OAuthRequest.secret, OAuthRequest.created_at)
        .execution_options(synchronize_session=False)
    ).first()
    db.session.commit()
    if taken is None:
        raise SignInError("This sign-in was used already. Nothing was connected.")
    if utcnow() - taken.created_at > SIGN_IN_LIVES:
        raise SignInError(
            "This sign-in took longer than the 15 minutes Discogs allows. Nothing was connected."
        )
    sealed: bytes = taken.secret
    return sealed


def _kept(owner_id: int) -> Select[Any]:
    return select(Connection).where(Connection.owner_id == owner_id, Connection.provider == DISCOGS)


def _keep(
    workplace: Workplace, owner_id: int, kind: str, who: IdentityRecord, secrets: dict[str, str]
) -> Connected:
    catalogue_lock.hold(owner_id)  # of two that connect at once the later one counts
    kept: Connection | None = db.session.scalar(_kept(owner_id))
    if kept is None:
        kept = Connection(owner_id=owner_id, provider=DISCOGS)
        db.session.add(kept)
    kept.kind, kept.username, kept.provider_user_id = kind, who.username, who.user_id
    kept.secret = workplace.vault.lock(secrets) if secrets else None
    kept.checked_at = utcnow()
    is_enrichment_left = reconnecting.take_up(owner_id, who.user_id)
    connected = Connected(kept.username, kept.kind, kept.checked_at)
    db.session.commit()
    if is_enrichment_left:
        reconnecting.enrich_again(owner_id)
    return connected


def _username(text: str) -> str:
    """The name somebody typed, or the one in the address of a profile they pasted."""
    name = clean(text).strip()
    if pasted := _PROFILE_ADDRESS.fullmatch(name):
        name = pasted[1]
    if not name or len(name) > LONGEST_NAME or "/" in name or not name.isprintable():
        raise _wrong("username", "Type the name as in the address discogs.com/user/…")
    return name


def _consumer(workplace: Workplace, key: str, secret: str) -> DiscogsCredential:
    if not (key.strip() or secret.strip()):
        key, secret = app_keys(workplace)
    return DiscogsCredential(
        consumer_key=_secret("consumer_key", key, "Paste the consumer key here."),
        consumer_secret=_secret("consumer_secret", secret, "Paste the consumer secret here."),
    )


def _secret(field: str, text: str, if_empty: str) -> str:
    secret = text.strip()
    if not secret:
        raise _wrong(field, if_empty)
    if len(secret) > LONGEST_SECRET or not secret.isascii() or " " in secret:
        raise _wrong(field, "This is not what Discogs gave you; copy it once more.")
    return secret


def _wrong(field: str, sentence: str) -> InvalidInputError:
    return InvalidInputError(f"{sentence} Nothing was kept.", {field: [sentence]})
