"""What the Discogs client brings home, over real HTTP."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.clients.discogs import DiscogsClient, DiscogsCredential
from app.domain.records import IdentityRecord
from app.errors import NotFoundError, RefusedError
from tests.clients.conftest import NOBODY, TOKEN, USER_AGENT, Connect, RecordingLimiter
from tests.standin.discogs import Collector, DiscogsStandIn, credit, item, release, vinyl

APPLICATION = DiscogsCredential("Collector", consumer_key="test-key", consumer_secret="test-secret")


def test_a_token_tells_whom_it_belongs_to_with_one_call(
    client: DiscogsClient, discogs: DiscogsStandIn
) -> None:
    assert client.identity() == IdentityRecord(user_id=7, username="Collector")
    assert len(discogs.requests) == 1


def test_a_collection_of_250_copies_is_read_with_three_calls(
    client: DiscogsClient,
    discogs: DiscogsStandIn,
    collector: Collector,
    limiter: RecordingLimiter,
) -> None:
    pages = [client.collection_page("Collector", number) for number in (1, 2, 3)]

    found = [copy.instance_id for page in pages for copy in page.copies]
    assert found == [entry["instance_id"] for entry in collector.items]
    assert [(page.page, page.pages, page.total, page.odd) for page in pages] == [
        (number, 3, 250, ()) for number in (1, 2, 3)
    ]
    assert len(discogs.requests) == limiter.acquired == 3


def test_a_page_beyond_the_last_is_empty(client: DiscogsClient) -> None:
    page = client.collection_page("Collector", 4)

    assert (page.copies, page.page, page.pages) == ((), 4, 3)


def test_an_empty_collection_is_one_empty_page(client: DiscogsClient, collector: Collector) -> None:
    collector.items = []

    page = client.collection_page("Collector", 1)

    assert (page.copies, page.pages, page.total) == ((), 1, 0)


def test_copies_come_in_the_order_asked_for(client: DiscogsClient, collector: Collector) -> None:
    newest = client.collection_page("Collector", 1, sort="added", sort_order="desc", per_page=5)

    assert newest.copies[0].instance_id == collector.items[-1]["instance_id"]
    assert len(newest.copies) == 5


def test_a_copy_removed_between_two_pages_is_not_listed_twice_nor_counted(
    client: DiscogsClient, discogs: DiscogsStandIn, collector: Collector
) -> None:
    discogs.before_page(2, lambda: collector.remove(700_000_001))

    first, second = (client.collection_page("Collector", number) for number in (1, 2))

    assert (first.total, second.total) == (250, 249)
    assert not {c.instance_id for c in first.copies} & {c.instance_id for c in second.copies}


def test_a_copy_carries_all_that_its_owner_noted(
    client: DiscogsClient, collector: Collector
) -> None:
    collector.items = [
        item(
            11,
            5,
            title="Music For 18 Musicians",
            artist=[credit("Steve Reich", 1, anv="S. Reich", join=",")],
            folder_id=3,
            rating=4,
            added="2020-06-24T11:44:41-07:00",
            formats=[vinyl("2", "LP", "Album", text="180 gram")],
            notes={1: "Mint (M)", 2: "Generic", 3: "signed", 5: "shelf 4"},
            year=1978,
            master_id=9,
            styles=["Minimal"],
        )
    ]

    (copy,) = client.collection_page("Collector", 1).copies

    assert (copy.instance_id, copy.folder_discogs_id, copy.rating) == (11, 3, 4)
    assert copy.added_at == datetime(2020, 6, 24, 18, 44, 41, tzinfo=UTC)
    assert (copy.media_condition, copy.sleeve_condition) == ("Mint (M)", "Generic")
    assert (copy.notes, copy.fields) == ("signed", {5: "shelf 4"})
    title = copy.release
    assert (title.title, title.discogs_id, title.year) == ("Music For 18 Musicians", 5, 1978)
    assert (title.artists[0].anv, title.artists[0].join) == ("S. Reich", ",")
    assert (title.formats[0].qty, title.formats[0].text) == (2, "180 gram")
    assert (title.styles, title.master_discogs_id) == (("Minimal",), 9)


def test_two_copies_of_one_release_are_two_copies(
    client: DiscogsClient, collector: Collector
) -> None:
    collector.items = [item(11, 5), item(12, 5)]

    copies = client.collection_page("Collector", 1).copies

    assert [(copy.instance_id, copy.release.discogs_id) for copy in copies] == [(11, 5), (12, 5)]


def test_to_the_owner_a_copy_without_notes_has_none(
    client: DiscogsClient, collector: Collector
) -> None:
    collector.items = [item(11, 5)]

    (copy,) = client.collection_page("collector", 1).copies  # user names ignore case

    assert (copy.media_condition, copy.notes, copy.fields) == ("", "", {})


def test_to_others_private_notes_are_not_told(connect: Connect, collector: Collector) -> None:
    collector.fields[0]["public"] = True
    collector.items = [item(11, 5, notes={1: "Mint (M)", 3: "secret"})]

    (copy,) = connect(NOBODY).collection_page("Collector", 1).copies

    assert (copy.media_condition, copy.sleeve_condition) == ("Mint (M)", None)
    assert (copy.notes, copy.fields) == (None, None)


def test_a_token_of_somebody_else_does_not_make_an_owner(
    connect: Connect, discogs: DiscogsStandIn, collector: Collector
) -> None:
    discogs.users.append(Collector("Friend", user_id=8, token="friends-token"))
    collector.items = [item(11, 5, notes={3: "secret"})]
    friend = connect(DiscogsCredential(username="Collector", token="friends-token"))
    friend.identity()

    (copy,) = friend.collection_page("Collector", 1).copies

    assert copy.notes is None


def test_pictures_are_told_with_a_credential_and_left_open_without(
    connect: Connect, collector: Collector
) -> None:
    collector.items = [item(11, 5, picture=True), item(12, 6)]

    known = connect(APPLICATION).collection_page("Collector", 1).copies
    hidden = connect(NOBODY).collection_page("Collector", 1).copies

    assert (known[0].release.cover_url or "").endswith("R-5-1.jpeg")
    assert (known[1].release.thumb_url, known[1].release.cover_url) == ("", "")
    assert {(copy.release.thumb_url, copy.release.cover_url) for copy in hidden} == {(None, None)}


def test_the_owner_sees_all_folders_and_others_only_all(
    connect: Connect, collector: Collector
) -> None:
    collector.folders = {1: "Uncategorized", 267115: '12" Boxes', 4: "Ämter"}
    collector.items = [item(11, 5, folder_id=4)]

    mine = connect().folders("Collector")
    theirs = connect(NOBODY).folders("Collector")

    assert {(folder.discogs_id, folder.name, folder.count) for folder in mine} == {
        (0, "All", 1),
        (1, "Uncategorized", 0),
        (267115, '12" Boxes', 0),
        (4, "Ämter", 1),
    }
    assert [folder.discogs_id for folder in theirs] == [0]


def test_one_folder_alone_can_be_listed_by_its_owner(
    connect: Connect, collector: Collector
) -> None:
    collector.folders[4] = "Jazz"
    collector.items = [item(11, 5, folder_id=4), item(12, 6, folder_id=1)]

    assert connect().collection_page("Collector", 1, folder=4).total == 1
    with pytest.raises(RefusedError) as refused:
        connect(NOBODY).collection_page("Collector", 1, folder=4)
    assert refused.value.reason == "private"


def test_fields_tell_their_kind_and_options(client: DiscogsClient) -> None:
    media, _, notes = client.fields("Collector")

    assert (media.discogs_id, media.name, media.kind) == (1, "Media Condition", "dropdown")
    assert media.options[:2] == ("Mint (M)", "Near Mint (NM or M-)")
    assert (notes.kind, notes.options, notes.public) == ("textarea", (), False)


def test_a_private_collection_has_a_profile_but_no_count_and_no_fields_for_others(
    connect: Connect, collector: Collector
) -> None:
    collector.private = True
    stranger = connect(NOBODY)

    assert stranger.profile("Collector") == IdentityRecord(7, "Collector", num_collection=None)
    assert stranger.fields("Collector") == ()
    with pytest.raises(RefusedError, match="settings/privacy") as refused:
        stranger.collection_page("Collector", 1)
    assert refused.value.reason == "private"
    assert connect().collection_page("Collector", 1).total == 250


def test_fields_are_none_for_a_mere_username_that_is_asked_to_sign_in(
    connect: Connect, discogs: DiscogsStandIn
) -> None:
    discogs.fail_next("/users/Collector/collection/fields", "unauthorised", times=2)

    assert connect(NOBODY).fields("Collector") == ()
    with pytest.raises(RefusedError):
        connect(TOKEN).fields("Collector")


def test_a_profile_counts_the_collection_and_is_none_for_nobody(client: DiscogsClient) -> None:
    assert client.profile("collector") == IdentityRecord(7, "Collector", num_collection=250)
    assert client.profile("nobody-of-that-name") is None


@pytest.mark.parametrize("name", ["", " ", ".", ".."])
def test_a_name_that_is_none_is_nobody_without_asking(
    client: DiscogsClient, discogs: DiscogsStandIn, name: str
) -> None:
    assert client.profile(name) is None
    assert discogs.requests == []


def test_a_name_cannot_lead_to_another_address(
    client: DiscogsClient, discogs: DiscogsStandIn
) -> None:
    assert client.profile("a/../../releases/1?x=1") is None
    assert discogs.requests[0].target == "/users/a%2F..%2F..%2Freleases%2F1%3Fx%3D1"


def test_the_collection_of_nobody_is_not_found(client: DiscogsClient) -> None:
    with pytest.raises(NotFoundError):
        client.collection_page("nobody-of-that-name", 1)
    with pytest.raises(NotFoundError):
        client.folders("nobody-of-that-name")


def test_a_release_comes_in_full_with_the_answer_it_was_read_from(
    client: DiscogsClient, discogs: DiscogsStandIn
) -> None:
    discogs.releases[5] = release(
        5, title="Totale's Turns", artist=[credit("Fall, The", 2)], country="UK", picture=True
    )

    found = client.release_with_raw(5)

    assert found is not None
    record, raw = found
    assert (record.title, record.country, record.released) == ("Totale's Turns", "UK", "")
    assert record.videos == ()
    assert record.master_discogs_id == 0
    assert record.images
    assert json.loads(raw)["title"] == "Totale's Turns"
    assert client.release(5) == record


def test_a_release_that_is_gone_is_none(client: DiscogsClient, discogs: DiscogsStandIn) -> None:
    discogs.gone.add(1001)

    assert client.release(1001) is None
    assert client.release_with_raw(1001) is None


@pytest.mark.parametrize(
    ("credential", "header"),
    [
        (TOKEN, "Discogs token=test-token"),
        (APPLICATION, "Discogs key=test-key, secret=test-secret"),
        (NOBODY, None),
    ],
)
def test_credentials_travel_in_a_header_and_never_in_an_address(
    connect: Connect, discogs: DiscogsStandIn, credential: DiscogsCredential, header: str | None
) -> None:
    client = connect(credential)
    client.profile("Collector")
    client.collection_page("Collector", 1)
    client.release(1001)

    assert [request.headers["Authorization"] for request in discogs.requests] == [header] * 3
    assert [request.headers["User-Agent"] for request in discogs.requests] == [USER_AGENT] * 3
    addresses = " ".join(request.target for request in discogs.requests)
    assert "test-token" not in addresses
    assert "test-secret" not in addresses


def test_a_token_pasted_with_blanks_around_it_works(connect: Connect) -> None:
    assert connect(DiscogsCredential(token=" test-token\n")).identity().username == "Collector"


@pytest.mark.parametrize("token", ["tök€n", "two\r\nX-Lines: yes"])
def test_a_token_no_header_can_hold_is_refused_without_a_call_and_without_repeating_it(
    connect: Connect, discogs: DiscogsStandIn, token: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        connect(DiscogsCredential(token=token)).identity()

    assert refused.value.reason == "credential"
    assert token not in str(refused.value)
    assert discogs.requests == []


def test_nothing_printed_about_a_credential_shows_its_secrets() -> None:
    secret = DiscogsCredential(
        username="me",
        token="t0p",
        oauth_token="t1p",
        oauth_secret="t2p",
        consumer_key="t3p",
        consumer_secret="t4p",
    )

    assert repr(secret) == "DiscogsCredential(username='me')"
    assert repr(replace(secret, username="you")) == "DiscogsCredential(username='you')"


def test_the_limiter_hears_how_many_calls_are_left(
    connect: Connect, discogs: DiscogsStandIn, limiter: RecordingLimiter
) -> None:
    discogs.window.on = True
    client = connect(NOBODY)
    client.profile("Collector")
    client.profile("Collector")

    assert limiter.told == [(24, 25, False), (23, 25, False)]
