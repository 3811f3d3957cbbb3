"""MusicBrainz: Discogs addresses, release groups, artists and barcodes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.clients.musicbrainz import MusicBrainzClient
from app.domain.matching.facts import (
    LinkRecord,
    MusicBrainzMatch,
    MusicBrainzRelease,
    ReleaseGroupRecord,
)
from tests.clients.conftest import RecordingLimiter
from tests.clients.open_services import AGENT, ARTIST, GROUP
from tests.standin.musicbrainz import Group, MusicBrainzStandIn

OTHER = "10600476-3b48-4709-a91d-3fdf6d2455e6"
PRESSING = "b84ee12a-09ef-421b-82de-0441a926375b"


@pytest.fixture
def service() -> Iterator[MusicBrainzStandIn]:
    with MusicBrainzStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def client(
    service: MusicBrainzStandIn, limiter: RecordingLimiter, pauses: list[float]
) -> Iterator[MusicBrainzClient]:
    client = MusicBrainzClient(service.api_url, AGENT, limiter, sleep=pauses.append)
    yield client
    client.close()


def test_a_page_of_each_kind_is_known_by_what_it_stands_for(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    service.page("release", 1873013, PRESSING, "The Dark Side of the Moon")
    service.page("master", 10362, GROUP, "The Dark Side of the Moon", "1973-03-01")
    service.page("artist", 45467, ARTIST, "Pink Floyd")

    title = "The Dark Side of the Moon"
    assert client.by_discogs("release", [1873013]) == {1873013: MusicBrainzMatch(PRESSING, title)}
    assert client.by_discogs("master", [10362]) == {
        10362: MusicBrainzMatch(GROUP, title, "1973-03-01")
    }
    assert client.by_discogs("artist", [45467]) == {45467: MusicBrainzMatch(ARTIST, "Pink Floyd")}
    assert service.calls() == 3


def test_a_hundred_pages_are_one_call_and_unknown_ones_are_left_out(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    mbids = {number: f"{number:08d}-0000-4000-8000-000000000000" for number in range(1, 101)}
    for number, mbid in mbids.items():
        if number % 2:
            service.page("master", number, mbid, "A Title")

    found = client.by_discogs("master", list(mbids))

    assert {number: match.mbid for number, match in found.items()} == {
        number: mbid for number, mbid in mbids.items() if number % 2
    }
    assert service.calls() == 1
    assert len(service.requests[0].target) < 5_000


def test_one_known_page_of_many_is_found(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    service.page("release", 2, PRESSING, "A Title")

    assert list(client.by_discogs("release", [1, 2, 3])) == [2]


@pytest.mark.parametrize("ids", [[7], [7, 8]])
def test_pages_nobody_knows_are_no_match_and_no_error(
    client: MusicBrainzClient, service: MusicBrainzStandIn, ids: list[int]
) -> None:
    assert client.by_discogs("release", ids) == {}
    assert service.calls() == 1


def test_no_ids_cost_no_call_and_more_than_a_hundred_are_refused(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    assert client.by_discogs("release", []) == {}
    with pytest.raises(ValueError, match="at most 100"):
        client.by_discogs("release", list(range(1, 102)))

    assert service.calls() == 0


def test_a_link_that_is_past_is_none(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    service.page("artist", 1, OTHER, "Somebody Else", ended=True)
    service.page("artist", 2, OTHER, "Somebody Else", ended=True)
    service.page("artist", 2, ARTIST, "Pink Floyd")

    assert client.by_discogs("artist", [1, 2]) == {2: MusicBrainzMatch(ARTIST, "Pink Floyd")}


def test_a_page_linked_to_two_things_is_doubtful_and_left_out(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    service.page("master", 1, GROUP, "The Dark Side of the Moon")
    service.page("master", 1, OTHER, "Dark Side of the Moo")
    service.page("master", 2, GROUP, "The Dark Side of the Moon")
    service.page("master", 2, GROUP, "The Dark Side of the Moon")

    assert list(client.by_discogs("master", [1, 2])) == [2]


def test_a_relation_that_is_no_discogs_link_does_not_count(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    service.page("artist", 1, ARTIST, "Pink Floyd", type="other databases")

    assert client.by_discogs("artist", [1]) == {}


@pytest.mark.parametrize(
    "written",
    [
        "http://www.discogs.com/master/10362",
        "https://discogs.com/master/10362",
        "https://www.discogs.com/master/10362-Pink-Floyd-The-Dark-Side-Of-The-Moon",
        "https://www.discogs.com/de/master/10362",
        "https://www.discogs.com/Pink-Floyd-The-Dark-Side/master/10362?ev=rb",
        "HTTPS://WWW.DISCOGS.COM/MASTER/10362",
    ],
)
def test_an_address_is_read_however_it_is_written(
    client: MusicBrainzClient, service: MusicBrainzStandIn, written: str
) -> None:
    service.page("master", 10362, GROUP, "The Dark Side of the Moon")
    service.fail_next("/", "edited", edit=lambda body: body.update(resource=written))

    assert list(client.by_discogs("master", [10362])) == [10362]


@pytest.mark.parametrize(
    "written",
    [
        "https://www.discogs.com/release/10362",
        "https://www.discogs.com/master/103620",
        "https://discogs.com.example/master/10362",
        "https://www.discogs.com/user/master",
    ],
)
def test_another_address_than_asked_for_is_no_match(
    client: MusicBrainzClient, service: MusicBrainzStandIn, written: str
) -> None:
    service.page("master", 10362, GROUP, "The Dark Side of the Moon")
    service.fail_next("/", "edited", edit=lambda body: body.update(resource=written))

    assert client.by_discogs("master", [10362]) == {}


def test_a_release_group_tells_its_artists_dates_kinds_and_links(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    wikidata = "https://www.wikidata.org/wiki/Q150901"
    shop = "https://shop.example/floyd"
    service.add_group(
        Group(
            GROUP,
            "The Dark Side of the Moon",
            "1973-03-01",
            secondary_kinds=("Live", "Compilation"),
            artists=((ARTIST, "Pink Floyd"), (OTHER, "Clare Torry")),
            links=[
                ("wikidata", wikidata),
                ("purchase for download", shop, "ended"),
                ("other databases", "javascript:alert(1)"),
            ],
        )
    )

    assert client.release_group(GROUP) == ReleaseGroupRecord(
        mbid=GROUP,
        title="The Dark Side of the Moon",
        first_date="1973-03-01",
        kind="album",
        secondary_kinds=("live", "compilation"),
        artists=((ARTIST, "Pink Floyd"), (OTHER, "Clare Torry")),
        links=(
            LinkRecord("wikidata", wikidata),
            LinkRecord("purchase for download", shop, ended=True),
        ),
    )
    assert service.calls() == 1


def test_a_release_group_of_no_kind_and_date_is_one_all_the_same(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    service.add_group(Group(GROUP, "Demo", kind=None))

    assert client.release_group(GROUP) == ReleaseGroupRecord(GROUP, "Demo")


def test_a_merged_release_group_comes_with_its_new_id(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    service.add_group(Group(GROUP, "The Dark Side of the Moon"))
    service.merged[OTHER] = GROUP

    record = client.release_group(OTHER)

    assert record is not None
    assert record.mbid == GROUP


def test_what_is_not_there_is_none_and_what_is_no_id_costs_no_call(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    assert client.release_group(OTHER) is None
    assert client.artist(OTHER) is None
    assert service.calls() == 2
    assert client.release_group("../url?resource=x") is None
    assert client.artist("") is None
    assert service.calls() == 2


def test_an_artist_tells_its_links(client: MusicBrainzClient, service: MusicBrainzStandIn) -> None:
    service.artists[ARTIST] = [
        ("discogs", "https://www.discogs.com/artist/45467"),
        ("official homepage", "https://old.example/", "ended"),
    ]

    assert client.artist(ARTIST) == (
        LinkRecord("discogs", "https://www.discogs.com/artist/45467"),
        LinkRecord("official homepage", "https://old.example/", ended=True),
    )
    assert service.calls() == 1


@pytest.mark.parametrize("stored", ["077774600125", "0077774600125"])
@pytest.mark.parametrize("typed", ["0 77774 60012 5", "0077774600125"])
def test_a_barcode_finds_its_works_however_it_is_typed_and_stored(
    client: MusicBrainzClient, service: MusicBrainzStandIn, stored: str, typed: str
) -> None:
    album = Group(GROUP, "The Dark Side of the Moon", artists=((ARTIST, "Pink Floyd"),))
    other = Group(OTHER, "Pulse", kind=None)
    service.barcodes[stored] = [album, other, album]

    assert client.by_barcodes([typed]) == {
        "0077774600125": (
            ReleaseGroupRecord(GROUP, album.title, kind="album", artists=album.artists),
            ReleaseGroupRecord(OTHER, "Pulse"),
        )
    }
    assert service.calls() == 1


def test_many_barcodes_are_asked_for_in_one_call(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    codes = ["0077774600125", "5099902987613", "4006381333931"]
    service.barcodes |= {codes[0]: [Group(GROUP, "One")], codes[2]: [Group(OTHER, "Three")]}

    found = client.by_barcodes(codes)

    assert {code: [each.mbid for each in groups] for code, groups in found.items()} == {
        codes[0]: [GROUP],
        codes[2]: [OTHER],
    }
    assert service.calls() == 1


def test_barcodes_of_more_releases_than_one_answer_holds_are_asked_for_in_halves(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    service.barcodes["0077774600125"] = [Group(GROUP, "One")] * 99
    service.barcodes["5099902987613"] = [Group(OTHER, "Two")] * 99

    found = client.by_barcodes(["0077774600125", "5099902987613"])

    assert [each.mbid for groups in found.values() for each in groups] == [GROUP, OTHER]
    assert service.calls() == 3


def test_a_barcode_nobody_knows_finds_nothing_and_what_is_none_costs_no_call(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    assert client.by_barcodes(["5099902987613"]) == {}
    assert service.calls() == 1
    assert client.by_barcodes(["none OR artist:x"]) == {}
    assert client.by_barcodes(["077774600126"]) == {}  # the check digit is wrong
    assert service.calls() == 1


def test_a_release_tells_its_group_and_its_own_links(
    client: MusicBrainzClient, service: MusicBrainzStandIn
) -> None:
    service.add_group(Group(GROUP, "Pulse", "1995-05-29", artists=((ARTIST, "Pink Floyd"),)))
    service.releases[OTHER] = (GROUP, [("free streaming", "https://open.spotify.com/album/x")])

    assert client.release(OTHER) == MusicBrainzRelease(
        OTHER,
        "Pulse",
        ReleaseGroupRecord(
            GROUP, "Pulse", "1995-05-29", kind="album", artists=((ARTIST, "Pink Floyd"),)
        ),
        (LinkRecord("free streaming", "https://open.spotify.com/album/x"),),
    )
    assert client.release(GROUP) is None
    assert client.release("no id") is None
    assert service.calls() == 2


def test_what_it_tells_of_the_calls_of_everybody_is_not_taken_for_ours(
    client: MusicBrainzClient, service: MusicBrainzStandIn, limiter: RecordingLimiter
) -> None:
    """Its headers count what all the world asks: 500 of 1,200 calls were made."""
    service.page("artist", 1, ARTIST, "Pink Floyd")

    client.by_discogs("artist", [1])

    assert limiter.told == [(None, None, False)]
