"""Does every service answer, with the keys it was given? One cheap call each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

from app.clients.exchange import Limits
from app.domain.pace import duration
from app.domain.providers import SERVICES, title_of
from app.errors import GatefoldError, RateLimitedError, UnavailableError
from app.extensions import db
from app.services.enrich import desk
from app.services.findings import Finding
from app.services.lane_report import CLOCK_TOLERANCE_SECONDS
from app.services.workplace import Workplace

PATIENCE_SECONDS = 5.0
BRIEFLY = Limits(connect_seconds=4.0, total_seconds=8.0)
# A number no picture has.
NOBODY = "00000000-0000-4000-8000-000000000000"

# What each is asked. Discogs is looked at by the account, pictures have no address of their own.
QUESTIONS: Mapping[str, Callable[[Any], object]] = {
    "musicbrainz": lambda client: client.by_discogs("release", [1]),
    "wikidata": lambda client: client.entities(["Q1"]),
    "wikipedia": lambda client: client.articles("en", ["Music"]),
    "spotify": lambda client: client.search_albums("", "blue", limit=1),
    "apple_music": lambda client: client.search_albums("", "blue", limit=1),
    "itunes": lambda client: client.search_albums("", "blue", limit=1),
    "coverart": lambda client: client.front("release", NOBODY, 250),
}


def trouble(name: str, error: GatefoldError) -> Finding:
    """What it means that a service answered with this, and what to do."""
    if isinstance(error, RateLimitedError):
        return Finding(name, True, f"{error} A run waits for it by itself.")
    if isinstance(error, UnavailableError):
        advice = "Try again later; if it stays so, look at this machine's network."
        return Finding(name, False, f"{error} {advice}")
    return Finding(name, False, str(error))


class ServiceChecks:
    """Asks the services one after the other, and compares their clocks with ours."""

    def __init__(self, workplace: Workplace, owner_id: int) -> None:
        self._workplace, self._owner_id = workplace, owner_id
        self._skews: dict[str, float] = {}

    def findings(self) -> Iterator[Finding]:
        """One for each service but Discogs, then one about the clock if anybody told the time."""
        for service in SERVICES:
            if service.name != "discogs":
                yield self._of(service.name)
        if self._skews:
            yield self._clock()

    def _of(self, name: str) -> Finding:
        off = desk.why_off(self._workplace, self._owner_id, name)
        db.session.rollback()  # nobody waits for our transaction while we wait for a service
        if off:
            return Finding(name, True, off)
        if name not in QUESTIONS:
            hosts = ", ".join(self._workplace.settings.image_hosts)
            return Finding(name, True, f"Fetched from {hosts} and from nowhere else.")
        try:
            self._ask(name)
        except GatefoldError as error:
            return trouble(name, error)
        return Finding(name, True, f"{title_of(name)} answers.")

    def _ask(self, name: str) -> None:
        made = desk.client_for(
            self._workplace,
            self._owner_id,
            name,
            time.sleep,
            tries=1,
            patience=PATIENCE_SECONDS,
            limits=BRIEFLY,
        )
        with closing(made) as client:
            try:
                QUESTIONS[name](client)
            finally:
                skew = getattr(client, "clock_skew", None)
                if skew is not None:
                    self._skews[name] = skew

    def _clock(self) -> Finding:
        """A wrong clock here is what all of them notice; one that is wrong there, that one only."""
        off = {
            name: skew for name, skew in self._skews.items() if abs(skew) > CLOCK_TOLERANCE_SECONDS
        }
        if not off:
            return Finding("clock", True, "It agrees with those of the services.")
        told = ", ".join(
            f"{duration(abs(skew))} {'behind' if skew > 0 else 'ahead of'} {title_of(name)}"
            for name, skew in off.items()
        )
        advice = "Set it by the network (NTP): signed keys and waiting times depend on it."
        return Finding("clock", False, f"The clock of this machine is {told}. {advice}")
