"""Discogs, through python3-discogs-client over our own polite session.

The library signs OAuth, builds and reads the calls; the session paces, bounds and judges them.
The library's objects are avoided on purpose: some of them call Discogs again at every attribute
access. https://www.discogs.com/developers/
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

import discogs_client
from discogs_client.exceptions import MalformedResponseError

from app.clients import discogs_answers as answers
from app.clients.discogs_answers import Viewer
from app.clients.discogs_credential import DISCOGS, DiscogsCredential, provider_for
from app.clients.discogs_fetchers import HeaderFetcher, SigningFetcher, fetcher_for
from app.clients.errors import NothingThereError
from app.clients.http import Limiter, Limits, PoliteSession
from app.domain.records import (
    ArtistRecord,
    CollectionPage,
    FieldRecord,
    FolderRecord,
    IdentityRecord,
    MasterRecord,
    ReleaseRecord,
)
from app.errors import NotFoundError, OddAnswerError, RefusedError

__all__ = ["DiscogsClient", "DiscogsCredential", "OAuthStart"]

_OUT_OF_RANGE = re.compile(r"outside of valid range \[\d+, (\d+)\]")


@dataclass(frozen=True)
class OAuthStart:
    """Where to send the person, and the request token to keep (server side) until they return."""

    authorize_url: str
    request_token: str
    request_secret: str = field(repr=False)


class DiscogsClient:
    """Discogs as seen with one credential.

    `api_url` and `web_url` as in the settings; `limiter` is asked before every request; `tries`
    counts the first one (1 where a person waits for the page).
    Every method raises RateLimitedError, RefusedError, UnavailableError or OddAnswerError, and
    names the calls it makes when all goes well.
    """

    def __init__(
        self,
        credential: DiscogsCredential,
        *,
        api_url: str,
        web_url: str,
        user_agent: str,
        limiter: Limiter,
        sleep: Callable[[float], None] = time.sleep,
        tries: int = 3,
        limits: Limits | None = None,
    ) -> None:
        self.credential = credential
        self._me = credential.username if credential.is_personal else ""
        self._api_url = api_url.rstrip("/")
        self._web_url = web_url.rstrip("/")
        self._session = PoliteSession(
            provider_for(credential),
            self._api_url,
            user_agent,
            limiter,
            limits=limits,
            budget_headers=("X-Discogs-Ratelimit", "X-Discogs-Ratelimit-Remaining"),
            tries=tries,
            sleep=sleep,
        )
        self._fetcher = fetcher_for(self._session, credential)
        self._library = self._library_with(self._fetcher)

    @property
    def clock_skew(self) -> float | None:
        """By how many seconds Discogs' clock is ahead of ours; None before the first answer."""
        return self._session.clock_skew

    def take_answers(self) -> int:
        """How many calls were answered as they should be since this was last asked."""
        return self._session.take_answers()

    def identity(self) -> IdentityRecord:
        """Whom the credential belongs to; RefusedError "credential" if to nobody. 1 call."""
        record = answers.identity(self._get("/oauth/identity"))
        self._me = record.username
        return record

    def profile(self, username: str) -> IdentityRecord | None:
        """Who a user name is, None if nobody; `num_collection` is None if private. 1 call."""
        try:
            return answers.identity(self._get(_user_path(username)))
        except NotFoundError:
            return None

    def folders(self, username: str) -> tuple[FolderRecord, ...]:
        """All folders for the owner, only "All" for others. NotFoundError: no such user. 1 call."""
        return answers.folders(self._get(f"{_user_path(username)}/collection/folders"))

    def fields(self, username: str) -> tuple[FieldRecord, ...]:
        """All fields for the owner, public ones for others, none if refused. 1 call.

        NotFoundError: no such user.
        """
        try:
            return answers.fields(self._get(f"{_user_path(username)}/collection/fields"))
        except RefusedError as error:
            nobody_asked = error.reason == "credential" and not self.credential.is_personal
            if error.reason == "private" or nobody_asked:
                return ()
            raise

    def collection_page(
        self,
        username: str,
        page: int,
        *,
        per_page: int = 100,
        sort: str = "added",
        sort_order: str = "asc",
        folder: int = 0,
    ) -> CollectionPage:
        """One page of copies; `per_page` at most 100, `folder` other than 0 for the owner only.

        1 call. A page beyond the last one is empty: `total` is 0 there, for Discogs does not tell.
        RefusedError "private": only for the owner. NotFoundError: no such user or folder.
        """
        path = f"{_user_path(username)}/collection/folders/{folder}/releases"
        try:
            answer = self._get(path, page=page, per_page=per_page, sort=sort, sort_order=sort_order)
        except NothingThereError as error:
            beyond = _OUT_OF_RANGE.search(error.told)
            if beyond is None:
                raise
            return CollectionPage(copies=(), page=page, pages=int(beyond[1]), total=0)
        return answers.collection_page(answer, self._viewer(username))

    def collection_page_with_raw(
        self, username: str, page: int, *, per_page: int = 100
    ) -> tuple[CollectionPage, bytes]:
        """As `collection_page`, with the JSON it was read from. 1 call."""
        read = self.collection_page(username, page, per_page=per_page)
        return read, self._fetcher.latest.body

    def read_collection_page(self, username: str, raw: bytes) -> CollectionPage:
        """A page from its JSON, as `collection_page` read it. No call."""
        return answers.collection_page(json.loads(raw), self._viewer(username))

    def release(self, discogs_id: int) -> ReleaseRecord | None:
        """A release in full, None if Discogs has none of that id (any more). 1 call."""
        found = self.release_with_raw(discogs_id)
        return found[0] if found else None

    def release_with_raw(self, discogs_id: int) -> tuple[ReleaseRecord, bytes] | None:
        """As `release`, with the JSON it was read from. 1 call."""
        try:
            answer = self._get(f"/releases/{int(discogs_id)}")
        except NothingThereError:
            return None
        return answers.release(answer, self._viewer("")), self._fetcher.latest.body

    def artist_with_raw(self, discogs_id: int) -> tuple[ArtistRecord, bytes] | None:
        """An artist with the JSON it was read from, None if Discogs has none of that id. 1 call."""
        try:
            answer = self._get(f"/artists/{int(discogs_id)}")
        except NothingThereError:
            return None
        return answers.artist(answer), self._fetcher.latest.body

    def master_with_raw(self, discogs_id: int) -> tuple[MasterRecord, bytes] | None:
        """The same of a master. 1 call."""
        try:
            answer = self._get(f"/masters/{int(discogs_id)}")
        except NothingThereError:
            return None
        return answers.master(answer), self._fetcher.latest.body

    def start_oauth(self, callback_url: str) -> OAuthStart:
        """First leg of OAuth 1.0a; without a callback Discogs shows the person a code. 1 call.

        RefusedError "credential": Discogs does not know the consumer key.
        """
        library = self._library_with(self._signer())
        with _readable():
            token, secret, url = library.get_authorize_url(callback_url or None)
        return OAuthStart(authorize_url=url, request_token=token, request_secret=secret)

    def finish_oauth(
        self, request_token: str, request_secret: str, verifier: str
    ) -> DiscogsCredential:
        """Last leg: the credential to keep (ask `identity` with it for the user name). 1 call.

        RefusedError "credential": older than 15 minutes, used before, or not ours.
        """
        library = self._library_with(self._signer((request_token, request_secret)))
        try:
            with _readable():
                token, secret = library.get_access_token(verifier)
        except (OddAnswerError, RefusedError) as error:
            if isinstance(error, RefusedError) or error.field == "status 400":
                raise RefusedError(DISCOGS.name, _SIGN_IN_OVER, "credential") from error
            raise
        return replace(self.credential, token="", oauth_token=token, oauth_secret=secret)

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def _get(self, path: str, **query: str | int) -> object:
        url = f"{self._api_url}{path}" + (f"?{urlencode(query)}" if query else "")
        with _readable():
            answer: object = self._library._get(url)
        return answer

    def _viewer(self, username: str) -> Viewer:
        return Viewer(
            signed_in=self.credential.is_personal or self.credential.is_application,
            owner=bool(username) and username.casefold() == self._me.casefold(),
        )

    def _signer(self, token: tuple[str, str] | tuple[None, None] = (None, None)) -> SigningFetcher:
        consumer = (self.credential.consumer_key, self.credential.consumer_secret)
        return SigningFetcher(self._session, consumer, token)

    def _library_with(self, fetcher: HeaderFetcher | SigningFetcher) -> discogs_client.Client:
        library = discogs_client.Client(self._session.user_agent)
        library._fetcher = fetcher
        library._base_url = self._api_url
        library._request_token_url = f"{self._api_url}/oauth/request_token"
        library._access_token_url = f"{self._api_url}/oauth/access_token"
        library._authorize_url = f"{self._web_url}/oauth/authorize"
        return library


_SIGN_IN_OVER = "This sign-in at Discogs is no longer good. Please start it again."


def _user_path(username: str) -> str:
    if not username.strip(". "):  # "..": would name another address
        raise NotFoundError("Discogs has no user of that name.")
    return f"/users/{quote(username.strip(), safe='')}"


@contextmanager
def _readable() -> Iterator[None]:
    """The library's complaints about a body it cannot read, as one of ours."""
    try:
        yield
    except (MalformedResponseError, KeyError, ValueError, RecursionError) as error:
        message = "Discogs sent something that cannot be read."
        raise OddAnswerError(DISCOGS.name, message, "answer") from error
