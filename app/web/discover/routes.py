"""Discover: records picked by chance, each with its reason."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from app.domain.filters import MOST_VALUES, Arguments
from app.domain.text import clean
from app.queries import discover
from app.web.auth import owner_id

bp = Blueprint("discover", __name__)

LONGEST_SEED = 40


@bp.get("/discover")
def index() -> str:
    """Shelves of picks. Without a seed in the address the day is the seed."""
    today = datetime.now(UTC).date()
    wanted = DiscoverAddress.from_args(request.args)
    seed = wanted.seed or today.isoformat()
    return render_template(
        "discover/index.html",
        wanted=wanted,
        page=discover.page(owner_id(), wanted.genres, wanted.match_all, seed, today),
        shuffle_url=wanted.url(seed=secrets.token_hex(4)),
    )


@dataclass(frozen=True, slots=True)
class DiscoverAddress:
    """What the address of the page says: the seed ("" = today's), genres, all of them or any."""

    seed: str = ""
    genres: tuple[str, ...] = ()
    match_all: bool = False

    @classmethod
    def from_args(cls, args: Arguments) -> DiscoverAddress:
        """The address as it came."""
        genres = (clean(genre, 200).strip() for genre in args.getlist("genre"))
        return cls(
            seed=clean(args.get("seed", "") or "", LONGEST_SEED).strip(),
            genres=tuple(dict.fromkeys(genre for genre in genres if genre))[:MOST_VALUES],
            match_all=args.get("match", "") == "all",
        )

    def url(self, **changes: Any) -> str:
        """This address with `changes`."""
        now = {"seed": self.seed, "genres": self.genres, "match_all": self.match_all, **changes}
        pairs = [("seed", now["seed"])] if now["seed"] else []
        pairs += [("genre", genre) for genre in now["genres"]]
        pairs += [("match", "all")] if now["match_all"] else []
        return f"/discover?{urlencode(pairs)}" if pairs else "/discover"

    def toggled(self, genre: str) -> str:
        """This address with a genre added, or taken out."""
        left = tuple(one for one in self.genres if one != genre)
        return self.url(genres=left if genre in self.genres else (*self.genres, genre))
