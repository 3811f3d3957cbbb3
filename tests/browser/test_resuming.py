"""What a crash in the middle of a sync costs: nothing."""

from __future__ import annotations

import csv
import time
from collections import Counter

from playwright.sync_api import Page, expect

from tests.browser.discogs_ways import LISTING, arrived, connect, start_sync, state
from tests.browser.live import LiveServer
from tests.browser.watching import Watch
from tests.standin.discogs import DiscogsStandIn, generated_items

COPIES = 2_500
RESUMES_WITHIN_SECONDS = 10


def test_a_sync_goes_on_by_itself_after_kill_9_and_repeats_at_most_the_calls_in_flight(
    page: Page, live: LiveServer, discogs: DiscogsStandIn, watch: Watch
) -> None:
    discogs.users[0].items = generated_items(COPIES)
    connect(page)
    discogs.delay = 2.5
    start_sync(page)
    expect(arrived(page)).to_have_text("2,100 of 2,500")

    # The page stays open meanwhile and keeps asking.
    for refused in ("net::ERR_", "htmx:"):
        watch.expect(refused)
    live.kill()
    before = pages_asked(discogs)
    live.start()
    wait_for_call(discogs, after=sum(before.values()))

    expect(state(page)).to_have_text("done")
    asked = pages_asked(discogs)
    assert set(asked) == set(range(1, COPIES // 100 + 1))
    repeated = {number: times for number, times in asked.items() if times > 1}
    answered = range(1, 22)  # the first one, and twenty at a time
    assert set(repeated.values()) <= {2}
    assert not set(repeated) & set(answered)
    assert releases_on_shelf(page) == Counter(range(1_001, 1_001 + COPIES))


def pages_asked(discogs: DiscogsStandIn) -> Counter[int]:
    """How often each page of the listing was asked for."""
    listing = [request for request in discogs.requests if request.path == LISTING]
    return Counter(int(request.query["page"]) for request in listing)


def wait_for_call(discogs: DiscogsStandIn, after: int) -> None:
    """The started server must ask for another page of the listing soon."""
    give_up_at = time.monotonic() + RESUMES_WITHIN_SECONDS
    while discogs.calls(LISTING) <= after:
        assert time.monotonic() < give_up_at, "the sync did not go on"
        time.sleep(0.05)


def releases_on_shelf(page: Page) -> Counter[int]:
    """The Discogs numbers of all copies, read from the file of their codes."""
    page.goto("/collection")
    page.get_by_role("button", name="Pick all 2,500").click()
    expect(page.locator("#basket")).to_contain_text("2,500")
    file = page.request.get("/export/csv")
    rows = csv.DictReader(file.text().splitlines())
    return Counter(int(row["Content"].rpartition("/")[2]) for row in rows)
