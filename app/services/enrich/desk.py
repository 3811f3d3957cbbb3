"""Which providers the job may ask, and with which client; why not, in one line, if not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.clients.apple_music import AppleMusicClient
from app.clients.cover_art_archive import CoverArtArchive
from app.clients.exchange import Limits
from app.clients.itunes import ItunesClient
from app.clients.musicbrainz import MusicBrainzClient
from app.clients.pictures import PictureFetcher
from app.clients.spotify import SpotifyClient
from app.clients.wikidata import WikidataClient
from app.clients.wikipedia import WikipediaClient
from app.domain.providers import title_of
from app.queries import enrich_status
from app.queries.enrich_status import SWITCH
from app.services import preferences
from app.services.limits import DatabaseLimiter
from app.services.providers import discogs_client, reader_credential
from app.services.workplace import Workplace
from config import RateLimit

Sleep = Callable[[float], None]
# A provider that does not say how long to wait is left alone for little more than a minute.
SPARE_SECONDS = 70.0


def why_off(workplace: Workplace, owner_id: int, name: str) -> str:
    """Why this provider is not asked, as a sentence; "" when it is."""
    return why_off_if(
        workplace, name, lambda which: not preferences.get(owner_id, switch_name(which), True)
    )


def why_off_if(workplace: Workplace, name: str, is_switched_off: Callable[[str], bool]) -> str:
    """The same for somebody whose switches are known already: asks no database."""
    settings, title = workplace.settings, title_of(name)
    if not getattr(settings, f"enable_{name}", True):
        return f"{title} is switched off in the settings (ENABLE_{name.upper()})."
    if is_switched_off(name):
        return f"{title} is switched off."
    if name == "spotify" and not settings.spotify_client_id:
        return "Spotify is not set up: SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET are not set."
    if name == "apple_music" and not _has_apple_key(workplace):
        return (
            "Apple Music is not set up: APPLE_TEAM_ID, APPLE_KEY_ID and APPLE_PRIVATE_KEY_FILE "
            "are not all set."
        )
    if name == "itunes" and not why_off_if(workplace, "apple_music", is_switched_off):
        return "Apple Music answers for the same shop."
    return ""


def asked(workplace: Workplace, owner_id: int) -> set[str]:
    """The providers that are asked for this person. One statement."""
    how = enrich_status.troubles(owner_id)
    return {
        name
        for name in how
        if not why_off_if(workplace, name, lambda which: how[which].is_switched_off)
    }


def switch_name(name: str) -> str:
    """The preference that switches a provider."""
    return f"{SWITCH}{name}"


def _has_apple_key(workplace: Workplace) -> bool:
    settings = workplace.settings
    return bool(
        settings.apple_team_id and settings.apple_key_id and settings.apple_private_key_file
    )


def client_for(
    workplace: Workplace,
    owner_id: int,
    name: str,
    sleep: Sleep,
    tries: int = 3,
    *,
    patience: float | None = None,
    limits: Limits | None = None,
) -> Any:
    """The client of one provider, its budget shared with all threads and processes.

    `patience`: for how many seconds a call may wait for its turn (a full window, unless told);
    `limits` bound each call, but those to Discogs, which have their own. Raises RefusedError
    "credential" when its key cannot be used.
    """
    settings = workplace.settings
    agent, limiter = workplace.user_agent, _limiter(workplace, name, sleep, patience)
    how: dict[str, Any] = {"tries": tries, "sleep": sleep}
    if limits is not None and name != "discogs":
        how["limits"] = limits
    if name == "discogs":
        credential = reader_credential(workplace, owner_id)
        return discogs_client(workplace, credential, patience=limiter.patience, **how)
    if name == "musicbrainz":
        return MusicBrainzClient(settings.musicbrainz_api_url, agent, limiter, **how)
    if name == "wikidata":
        return WikidataClient(settings.wikidata_api_url, agent, limiter, **how)
    if name == "wikipedia":
        return WikipediaClient(settings.wikipedia_api_url, agent, limiter, **how)
    if name == "itunes":
        how["country"] = settings.apple_storefront
        return ItunesClient(settings.itunes_api_url, agent, limiter, **how)
    if name == "apple_music":
        how["storefront"] = settings.apple_storefront
        token = workplace.tokens.apple(settings)
        return AppleMusicClient(settings.apple_music_api_url, agent, limiter, token, **how)
    if name == "spotify":
        return SpotifyClient(
            settings.spotify_api_url,
            settings.spotify_accounts_url,
            agent,
            limiter,
            settings.spotify_client_id,
            settings.spotify_client_secret.get_secret_value(),
            token_cache=workplace.tokens.spotify,
            **how,
        )
    if name == "coverart":
        how["image_hosts"] = settings.image_hosts
        return CoverArtArchive(settings.coverart_api_url, agent, limiter, **how)
    return PictureFetcher(settings.image_hosts, agent, lambda _host: limiter, **how)


def _limiter(
    workplace: Workplace, name: str, sleep: Sleep, patience: float | None
) -> DatabaseLimiter:
    """The provider's budget. A full window is waited for; a longer pause is the lane's affair."""
    limit = RateLimit.parse(getattr(workplace.settings, f"{name}_limit"))
    patience = limit.seconds + SPARE_SECONDS if patience is None else patience
    return DatabaseLimiter(name, limit, sleep=sleep, patience=patience)
