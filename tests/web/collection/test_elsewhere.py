"""What other services know, on the pages of a release and of an artist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from app.extensions import db, set_reading
from app.models import Article, Artist, Link, Master, ProviderPause, ProviderResult, Release
from app.services import curate
from tests.listening import statements
from tests.shelves import OWNER, put_on_shelf
from tests.standin.discogs import Collector, DiscogsStandIn, item
from tests.web.admin.editing import text_in

MASTER = 77
ARTICLE = "https://en.wikipedia.org/wiki/Miles_Davis"


@pytest.fixture
def release(app: Flask) -> Release:
    """A record of 2016 whose work Discogs knows as master 77."""
    put_on_shelf({"Title": "Kind Of Blue", "Artist": "Miles Davis", "Released": "2016"})
    db.session.execute(update(Release).values(master_discogs_id=MASTER))
    db.session.execute(update(Artist).values(discogs_id=23755))
    db.session.commit()
    return db.session.scalars(select(Release)).one()


def link(provider: str, url: str, badge: str = "exact", **values: Any) -> None:
    """A link of the title, accepted unless told otherwise."""
    row: dict[str, Any] = {"owner_id": OWNER, "entity": "title", "key": f"m{MASTER}"}
    row |= {"score": 1.0, "evidence": {}, "state": "accepted", "found_at": datetime.now(UTC)}
    set_reading(False)
    db.session.execute(
        insert(Link).values({**row, "provider": provider, "url": url, "badge": badge, **values})
    )
    db.session.commit()


def section(page: str, name: str) -> str:
    """The part of the page with this id."""
    found = re.search(rf'<section[^>]* id="{name}".*?</section>', page, re.DOTALL)
    assert found, f"no part {name}"
    return found[0]


def test_links_carry_their_badge_and_what_speaks_for_them(
    client: FlaskClient, release: Release
) -> None:
    link("spotify", "https://open.spotify.com/album/1", evidence={"discogs": "It says so itself"})
    link(
        "apple_music",
        "https://music.apple.com/1",
        "guess",
        score=0.9,
        evidence={"title": "same title"},
    )

    links = section(client.get(f"/releases/{release.id}").text, "links")

    assert re.search(r"Listen on Spotify.*?exact.*?It says so itself", links, re.DOTALL)
    assert re.search(r"Listen on Apple Music.*?probably.*?Title: same title", links, re.DOTALL)


def test_what_waits_or_was_rejected_is_not_shown(client: FlaskClient, release: Release) -> None:
    link("spotify", "https://open.spotify.com/album/1", "guess", state="waiting")
    link("spotify", "https://open.spotify.com/album/2", "guess", state="rejected")

    assert "open.spotify.com" not in client.get(f"/releases/{release.id}").text


def test_a_shop_has_one_link_and_a_persons_choice_is_the_one(
    client: FlaskClient, release: Release
) -> None:
    link("spotify", "https://open.spotify.com/album/1", "exact")
    link(
        "spotify",
        "https://open.spotify.com/album/2",
        "guess",
        score=0.4,
        decided_at=datetime.now(UTC),
    )

    links = section(client.get(f"/releases/{release.id}").text, "links")

    assert "album/2" in links
    assert "album/1" not in links
    assert "chosen by you" in links


@pytest.mark.parametrize(
    ("spotify", "apple", "order"),
    [
        ("exact", "exact", ["Apple Music", "at Discogs", "Official site", "Spotify"]),
        ("guess", "exact", ["Apple Music", "at Discogs", "Official site", "Spotify"]),
        ("exact", "guess", ["Spotify", "at Discogs", "Official site", "Apple Music"]),
        ("guess", "guess", ["at Discogs", "Apple Music", "Official site", "Spotify"]),
    ],
)
def test_the_sure_come_first_and_spotify_is_never_beside_another_shop(
    client: FlaskClient, release: Release, spotify: str, apple: str, order: list[str]
) -> None:
    link("spotify", "https://open.spotify.com/album/1", spotify)
    link("apple_music", "https://music.apple.com/1", apple)
    link("homepage", "https://miles.example/", "derived")

    links = section(client.get(f"/releases/{release.id}").text, "links")

    assert sorted(order, key=links.index) == order


@pytest.mark.parametrize(("year", "shown"), [(1959, "2016, first 1959"), (2016, "2016")])
def test_the_original_year_stands_beside_another_year(
    client: FlaskClient, release: Release, year: int, shown: str
) -> None:
    db.session.add(Master(discogs_id=MASTER, year=year, year_from="musicbrainz"))
    db.session.commit()

    page = client.get(f"/releases/{release.id}").text

    assert f"<bdi>{shown}</bdi>" in page
    assert ("says MusicBrainz" in page) == (year != 2016)


def test_every_field_says_where_it_comes_from(client: FlaskClient, release: Release) -> None:
    db.session.add(Master(discogs_id=MASTER, year=1959, year_from="musicbrainz"))
    asked = {"entity": "title", "key": f"m{MASTER}", "attempts": 0}
    ago = datetime.now(UTC) - timedelta(hours=3)
    db.session.execute(
        insert(ProviderResult),
        [
            {
                **asked,
                "provider": "wikidata",
                "state": "none",
                "fetched_at": ago,
                "last_error": None,
            },
            {
                **asked,
                "provider": "spotify",
                "state": "failed",
                "fetched_at": ago,
                "last_error": "Odd.",
            },
        ],
    )
    db.session.commit()

    sources = section(client.get(f"/releases/{release.id}").text, "sources")

    assert re.search(r"<dt>Title</dt>.*your CSV export", sources)
    assert re.search(r"<dt>Cover</dt>.*drawn here", sources)
    assert re.search(r"<dt>First out</dt>.*MusicBrainz", sources)
    assert re.search(r"<dt>Wikidata</dt>.*does not know it.*3 hours ago", sources)
    assert re.search(r"<dt>Spotify</dt>.*could not be asked: Odd\.", sources)


def test_a_field_a_person_edited_says_so(client: FlaskClient, release: Release) -> None:
    text = '{"title": "Kind Of Blue (mono)", "country": "Japan", "styles": ["Modal"]}'
    curate.save("release", OWNER, release.id, release.version, text)

    sources = section(client.get(f"/releases/{release.id}").text, "sources")

    assert re.search(r"<dt>Title</dt>.*you, over what your CSV export.*yours", sources)
    assert re.search(r"<dt>Country</dt>.*you, over what your CSV export.*yours", sources)
    assert re.search(r"<dt>Genres and styles</dt>.*you, over what your CSV export.*yours", sources)
    assert "<dt>Notes</dt>" not in sources, "nothing is told of them"


def test_the_page_costs_the_same_statements_however_much_is_known(
    client: FlaskClient, release: Release
) -> None:
    address = f"/releases/{release.id}"
    client.get(address)  # the shelf is put into memory with the first look
    counted = []
    for size in (1, 20):
        for number in range(size):
            link("bandcamp", f"https://some.bandcamp.com/{size}/{number}")
            answer = {"entity": "release", "key": "1001", "provider": f"{size}/{number}"}
            db.session.execute(
                insert(ProviderResult).values({**answer, "state": "none", "attempts": 0})
            )
        db.session.commit()
        db.session.remove()
        with statements() as seen:
            client.get(address)
        counted.append(len(seen))

    assert counted[0] == counted[1] <= 20


@pytest.fixture
def article(release: Release) -> None:
    """What Wikipedia writes about the artist."""
    db.session.add(
        Article(
            url=ARTICLE, title="Miles Davis", language="en", text="He blew.", licence="CC BY-SA 4.0"
        )
    )
    link("wikipedia", ARTICLE, "derived", entity="artist", key="23755")


def test_a_biography_comes_with_source_and_licence(
    client: FlaskClient, release: Release, article: None
) -> None:
    page = client.get(f"/artists/{release.artist_id}").text

    assert "He blew." in page
    assert (
        f'From <a href="{ARTICLE}" rel="external">Wikipedia</a>, CC BY-SA 4.0, shortened.' in page
    )


def test_without_an_article_discogs_is_quoted(client: FlaskClient, release: Release) -> None:
    db.session.execute(update(Artist).values(profile="Trumpeter, born 1926"))
    db.session.commit()

    page = client.get(f"/artists/{release.artist_id}").text

    assert "Trumpeter, born 1926" in page
    assert "/artist/23755" in page
    assert re.search(r"From <a [^>]*>Discogs</a>\.", page)


def test_a_persons_own_words_come_before_the_article(
    client: FlaskClient, release: Release, article: None
) -> None:
    artist_id = release.artist_id
    assert artist_id
    version = db.session.scalars(select(Artist.version).where(Artist.id == artist_id)).one()
    curate.save("artist", OWNER, artist_id, version, '{"profile": "My hero"}')

    page = client.get(f"/artists/{artist_id}").text

    assert "My hero" in page
    assert "In your own words." in page
    assert "He blew." not in page


@pytest.fixture
def known(make_app: Callable[..., Flask]) -> Iterator[tuple[DiscogsStandIn, FlaskClient, Flask]]:
    """A Discogs that knows release 1001, and a browser at a Gatefold that has it from a CSV."""
    there = item(1, 1001, title="Kind Of Blue", year=1959)
    with DiscogsStandIn(Collector("collector", token="test-token", items=[there])) as discogs:
        house = make_app(
            discogs_api_url=discogs.url, discogs_web_url=discogs.web_url, discogs_limit="2/60"
        )
        house.config["WTF_CSRF_ENABLED"] = False
        with house.app_context():
            set_reading(False)
            put_on_shelf({"Title": "Kind Of Blue"})
            db.session.remove()
        yield discogs, house.test_client(), house


def test_looking_up_again_asks_discogs_once(
    known: tuple[DiscogsStandIn, FlaskClient, Flask],
) -> None:
    discogs, visitor, _house = known
    page = visitor.get("/releases/1").text
    assert "Not looked up yet" in page

    page = visitor.post("/releases/1/refresh", follow_redirects=True).text

    assert "Looked up again" in page
    assert "Looked up just now" in page
    assert discogs.calls("/releases/") == 1


def test_a_used_up_budget_says_when_to_come_back(
    known: tuple[DiscogsStandIn, FlaskClient, Flask],
) -> None:
    """U1, U24."""
    discogs, visitor, house = known
    with house.app_context():
        set_reading(False)
        until = datetime.now(UTC).timestamp() + 40
        why = "Discogs asked us to slow down."
        db.session.add(ProviderPause(provider="discogs", until=until, reason=why))
        db.session.commit()
        db.session.remove()

    page = visitor.post("/releases/1/refresh", follow_redirects=True).text

    assert re.search(r"Discogs asked us to slow down\. Try again in \d\d s\.", page)
    assert "Nothing was lost" in page
    assert discogs.calls("/releases/") == 0


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("bad_gateway", "a problem of its own"),
        ("firewall", "a firewall blocks our requests"),
        ("web_page", "a firewall blocks our requests"),
        ("truncated", "could not be reached"),
        ("half_json", "cannot be read"),
        ("wrong_types", "told something we cannot read: title is not a text"),
        ("redirect", "another address"),
    ],
)
def test_an_answer_that_is_none_leaves_the_record_as_it_was(
    known: tuple[DiscogsStandIn, FlaskClient, Flask], kind: str, why: str
) -> None:
    """Rows U6, U7, U15 and U22 of the fault list."""
    discogs, visitor, _house = known
    visitor.post("/releases/1/refresh", follow_redirects=True)
    before = document(visitor)
    discogs.fail_next("/releases/", kind, 9)

    page = visitor.post("/releases/1/refresh", follow_redirects=True).text

    assert "Nothing was lost: the record is as it was." in page
    assert why in page
    assert document(visitor) == before


def document(visitor: FlaskClient) -> str:
    """All that is known of the record, as its JSON under Admin."""
    return text_in(visitor.get("/admin/releases/1/json").text)


def test_a_record_gone_from_discogs_stays(known: tuple[DiscogsStandIn, FlaskClient, Flask]) -> None:
    """U8."""
    discogs, visitor, _house = known
    discogs.users[0].items = []

    page = visitor.post("/releases/1/refresh", follow_redirects=True).text

    assert "Kind Of Blue" in page
    assert "Gone from Discogs, seen just now" in page


def test_a_record_gone_from_discogs_keeps_its_last_data_and_what_a_person_wrote(
    known: tuple[DiscogsStandIn, FlaskClient, Flask],
) -> None:
    """U8."""
    discogs, visitor, house = known
    visitor.post("/releases/1/refresh")
    with house.app_context():
        set_reading(False)
        release = db.session.get_one(Release, 1)
        curate.save("release", OWNER, 1, release.version, '{"country": "Atlantis"}')
        db.session.remove()
    before = document(visitor)
    assert "Side A" in before
    assert "Atlantis" in before

    discogs.gone.add(1001)
    page = visitor.post("/releases/1/refresh", follow_redirects=True).text
    assert "Gone from Discogs, seen just now" in page
    assert "Side A" in page
    assert document(visitor) == before
    assert "Kind Of Blue" in visitor.get("/collection").text

    discogs.gone.clear()
    page = visitor.post("/releases/1/refresh", follow_redirects=True).text
    assert "Gone from Discogs" not in page, "it came back"
    assert document(visitor) == before, "what a person wrote is above what Discogs tells"
