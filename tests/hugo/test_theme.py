"""The theme makes a site that is whole, quiet and safe, whatever the records are called."""

from __future__ import annotations

import gzip
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from app.domain.sleeves.colour import READABLE, contrast
from tests.browser.looking import violations, wider_than
from tests.browser.watching import Watch
from tests.hugo.conftest import Site
from tests.hugo.reading import Reading
from tests.hugo.shelf_files import LONG, TITLES
from tests.servers import ROOT

MOST_BYTES = 30_000
VIDEO = "albums/video-13/"
PAGES = {
    1280: ["", "albums/", VIDEO, "albums/pair-14/", "artist/jiu-shi-rang/", "label/"],
    390: ["", "albums/", VIDEO],
}


@pytest.fixture(scope="module")
def readings(site: Site) -> dict[str, Reading]:
    """Every page of the site, read once."""
    return {path: Reading(text) for path, text in site.pages()}


@pytest.fixture
def asked() -> list[str]:
    """Every address a page asked for."""
    return []


@pytest.fixture
def context(browser: Browser, site: Site, asked: list[str]) -> Iterator[BrowserContext]:
    """A browser to look at the site with; other hosts answer with an empty page, and are noted."""
    watch = Watch(site.url)
    context = browser.new_context(base_url=site.url, reduced_motion="reduce")
    watch.over(context)
    context.on("request", lambda request: asked.append(request.url))
    context.route(lambda url: not url.startswith(site.url), _empty)
    yield context
    context.close()
    assert watch.troubles == []


def _empty(route: Route) -> None:
    route.fulfill(body="<!doctype html><title>elsewhere</title>", content_type="text/html")


def outside(site: Site, asked: list[str]) -> list[str]:
    return [url for url in asked if not url.startswith(site.url)]


def titles(page: Page) -> list[str]:
    """The records on the wall as a person sees them."""
    return page.locator(".tile:visible b").all_inner_texts()


def test_hugo_builds_without_a_word_of_warning(site: Site) -> None:
    assert "WARN" not in site.said
    assert "ERROR" not in site.said
    assert len(list(site.pages())) > 80


def test_every_page_is_whole_html(readings: dict[str, Reading]) -> None:
    assert {path: page.wrong for path, page in readings.items() if page.wrong} == {}
    odd = [path for path, page in readings.items() if page.tags["h1"] != 1 or not page.policy]
    assert odd == []


def test_no_page_holds_a_script_or_a_link_that_runs_one(readings: dict[str, Reading]) -> None:
    assert [path for path, page in readings.items() if page.scripts] == []
    links = {link for page in readings.values() for link in page.links}
    assert {urlsplit(link).scheme for link in links} == {"", "https"}


def test_a_page_loads_only_its_own_files(site: Site, readings: dict[str, Reading]) -> None:
    addresses = {address for page in readings.values() for address in page.loads} - {""}
    own = {address for address in addresses if address.startswith("/shelf/")}
    assert addresses == own
    missing = [each for each in own if not (site.folder / each.removeprefix("/shelf/")).is_file()]
    assert missing == []


def test_a_sleeve_colours_its_page_by_a_sheet_and_no_page_holds_a_style(
    site: Site, readings: dict[str, Reading]
) -> None:
    def colours(page: str) -> list[str]:
        return [sheet for sheet in readings[page].loads if "/colours/" in sheet]

    (sheet,) = colours("albums/video-13/index.html")
    text = (site.folder / sheet.removeprefix("/shelf/")).read_text(encoding="utf-8")
    assert text == ":root{--sleeve:#fff200}"
    assert colours("albums/close-12/index.html") == []  # its colour is none
    assert [path for path, page in readings.items() if page.styles] == []
    assert {"style-src 'self';" in page.policy for page in readings.values()} == {True}


def test_what_is_printed_on_a_drawn_sleeve_can_be_read() -> None:
    style = (ROOT / "hugo/assets/css/wall.css").read_text(encoding="utf-8")
    inks = re.findall(r"--ground: (#\w+); .* --print: (#\w+);", style)
    assert len(inks) == 12
    assert [pair for pair in inks if contrast(*pair) < READABLE] == []


def test_linked_data_holds_each_title_to_the_letter(readings: dict[str, Reading]) -> None:
    for slug, title in TITLES.items():
        (data,) = readings[f"albums/{slug}/index.html"].data
        album = json.loads(data)
        assert (album["@type"], album["name"]) == ("MusicAlbum", title)


def test_linked_data_tell_artists_labels_years_and_how_long_each_track_is(
    readings: dict[str, Reading],
) -> None:
    (data,) = readings["albums/pair-14/index.html"].data
    album = json.loads(data)
    assert [each["name"] for each in album["byArtist"]] == ["Miles Davis", "John Coltrane"]
    assert (album["datePublished"], album["albumRelease"]["datePublished"]) == ("1963", "1997")
    assert album["albumRelease"]["recordLabel"] == [{"@type": "Organization", "name": "Columbia"}]
    assert album["albumRelease"]["musicReleaseFormat"] == "https://schema.org/VinylFormat"
    assert album["albumRelease"]["duration"] == "PT30M41S"
    assert [(line["position"], line["item"]["duration"]) for line in tracks_of(album)] == [
        (1, "PT9M22S"),
        (2, "PT9M46S"),
        (3, "PT11M33S"),
    ]
    assert (album["numTracks"], tracks_of(album)[0]["item"]["name"]) == (3, "So What")


def tracks_of(album: dict[str, Any]) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = album["track"]["itemListElement"]
    return lines


def test_a_page_can_be_shared_with_name_text_address_and_picture(site: Site) -> None:
    page = site.text("albums/video-13/index.html")
    told = dict(re.findall(r'<meta property="(og:[a-z:]+)" content="([^"]*)">', page))
    assert told["og:title"] == "Miles Davis - Video"
    assert told["og:type"] == "music.album"
    assert told["og:url"] == f"{site.url}albums/video-13/"
    assert told["og:image"] == f"{site.url}albums/video-13/video-13.jpg"
    assert told["og:description"].startswith("Text with")
    for place, cover in (("index.html", "box-10"), ("artist/miles-davis/index.html", "box-10")):
        assert f'"og:image" content="{site.url}albums/{cover}/{cover}.jpg"' in site.text(place)


def test_search_engines_find_the_site_map(site: Site) -> None:
    assert f"Sitemap: {site.url}sitemap.xml" in site.text("robots.txt")


def test_a_discography_begins_with_the_first_record(site: Site) -> None:
    page = site.text("artist/simon-garfunkel/index.html")
    years = re.findall(r"<p>(\d{4}) · Vinyl</p>", page)
    assert years == ["1951", "1956"]


def test_a_page_says_how_old_it_is_and_what_the_release_says_of_itself(site: Site) -> None:
    text = site.text("albums/plain-104/index.html")
    assert "As of 9 March 2026." in text
    assert '<p class="notes" dir="auto">Recorded in one day.\n&lt;script&gt;' in text
    assert "<dt>Pressed By</dt><dd><bdi>Plant</bdi><br><bdi>&lt;script&gt;" in text
    assert "<dt>Barcode</dt><dd><bdi>5 099</bdi><br><bdi>&lt;script&gt;" in text
    assert "<dt>Folders</dt><dd><bdi>Jazz</bdi>, <bdi>&lt;script&gt;" in text


def test_the_numbers_lead_to_the_records_they_count(
    site: Site, readings: dict[str, Reading]
) -> None:
    links = readings["index.html"].links
    assert "/shelf/albums/?decade=1970s" in links
    assert "/shelf/albums/?format=Vinyl" in links
    assert {"/shelf/artist/simon-garfunkel/", "/shelf/label/columbia/"} <= {*links}


def test_each_kind_of_page_is_laid_out_as_what_it_is(site: Site) -> None:
    """Newer Hugos choose templates by other rules."""

    def parts(path: str) -> list[str]:
        text = site.text(f"{path}index.html")
        signs = ("welcome", "filters", "article", "term-head", "index", "bin", "wall")
        return [sign for sign in signs if re.search(rf'[<"]{sign}[" ]', text)]

    assert parts("") == ["welcome", "wall"]
    assert parts("albums/") == ["filters", "wall"]
    assert parts("albums/pair-14/") == ["article", "wall"]
    for path in ("artist/", "label/", "style/"):
        assert parts(path) == ["index"], path
    assert parts("genre/") == ["bin", "wall"]
    for path in ("artist/fairuz/", "label/columbia/", "genre/jazz/", "style/rock-roll/"):
        assert parts(path) == ["term-head", "wall"], path


def test_a_long_list_is_filed_under_letters(readings: dict[str, Reading], site: Site) -> None:
    page = readings["label/index.html"]
    letters = [link for link in page.links if link.startswith("#letter-")]
    assert letters == ["#letter-09", *(f"#letter-{letter}" for letter in "abcdefghijk")]
    assert {link.removeprefix("#") for link in letters} <= set(page.ids)
    assert "#letter-" not in site.text("genre/index.html")


def test_each_genre_is_a_bin_with_what_came_last_in_front(site: Site) -> None:
    bins = site.text("genre/index.html").split('<section class="bin">')[1:]
    names = [re.findall(r'<h2><a href="([^"]+)"', each)[0] for each in bins]
    assert sorted(names) == ["/shelf/genre/funk-soul/", "/shelf/genre/jazz/"]
    assert [each.count('<li class="tile">') for each in bins] == [10, 10]
    assert "42 records" in bins[0]


def test_the_first_page_wears_the_colour_of_the_record_that_came_last(site: Site) -> None:
    page = site.text("index.html")
    just_in = page.partition('class="just-in"')[2]
    newest = re.search(r'<a href="([^"]+)"', just_in)
    assert newest is not None
    look = re.search(r'<html lang="en" class="([^"]+)"', page)
    assert look is not None
    assert f'class="{look[1]}"' in site.text(newest[1].removeprefix("/shelf/") + "index.html")


def test_the_list_for_the_search_holds_every_record(site: Site) -> None:
    rows = json.loads(site.text("albums/shelf.json"))["albums"]
    listed = {row[0].strip("/"): row[1] for row in rows}
    assert len(rows) == len(TITLES) + 70
    assert {slug: listed[slug] for slug in TITLES} == {
        slug: title[:160] for slug, title in TITLES.items()
    }


def test_the_feed_and_the_sitemap_are_well_formed_and_newest_first(site: Site) -> None:
    feed = ElementTree.fromstring(site.text("index.xml"))
    assert len(feed.findall("./channel/item")) == 20
    assert "Dec 2019" in (feed.findtext("./channel/item/pubDate") or "")
    sitemap = ElementTree.fromstring(site.text("sitemap.xml"))
    assert len(sitemap) > 80


def test_a_box_of_two_hundred_tracks_is_a_small_page_with_the_time_of_each_disc(
    site: Site,
) -> None:
    text = site.text("albums/box-10/index.html")
    assert len(gzip.compress(text.encode())) < MOST_BYTES
    assert text.count("<small>1:02:40</small>") == 10
    assert "<small>10:26:40</small>" in text


def test_what_the_page_lays_out_itself_is_not_said_twice(site: Site) -> None:
    text = site.text("albums/video-13/index.html")
    assert "Tracklisting" not in text
    assert "Release Information" not in text
    assert text.count("From <a href") == 1
    assert "Data provided by Discogs." in text
    assert "not affiliated with" in text


def test_what_somebody_wrote_below_the_release_information_is_shown(site: Site) -> None:
    own = site.text("albums/plain-102/index.html")
    assert "Bought in Rome</h2>\n<p>On a rainy day.</p>" in own
    for page in (own, site.text("albums/plain-101/index.html")):
        assert "Data by X." not in page


def test_folders_have_a_room_of_their_own(site: Site) -> None:
    assert '<a href="/shelf/folder/" aria-current="page">Folders</a>' in site.text(
        "folder/index.html"
    )


def test_pictures_elsewhere_are_linked_and_never_loaded(site: Site) -> None:
    page = site.text("albums/pair-14/index.html")

    assert '<a href="https://i.discogs.com/back" rel="external">Picture 1</a>' in page
    assert 'src="https://i.discogs.com' not in page


def test_a_shelf_of_more_records_is_named_as_the_artist_is(site: Site) -> None:
    text = site.text("albums/quotes-2/index.html")
    assert 'aria-label="More by Simon &amp; Garfunkel"' in text


def test_a_title_too_long_for_a_heading_stands_whole_among_the_facts(site: Site) -> None:
    assert f'<dd dir="auto">{LONG}</dd>' in site.text("albums/long-8/index.html")


def test_nothing_is_asked_of_others_and_no_script_of_a_record_runs(
    site: Site, context: BrowserContext, asked: list[str]
) -> None:
    page = context.new_page()
    every = [path for path, _ in site.pages() if path != "404.html"]
    paths = [path for path in every if "plain-" not in path and "/page/" not in path]
    for path in paths:
        page.goto(path.removesuffix("index.html"))
        assert page.evaluate("window.ran") is None, path
    assert len(paths) > 20
    assert outside(site, asked) == []


def test_the_wall_is_searched_by_word_and_by_choice(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("albums/")
    page.get_by_role("searchbox", name="Search the wall").fill("久石")
    expect(page.locator("[data-count]")).to_have_text("1 of 84")
    assert titles(page) == [TITLES["jiu-shi-rang-6"]]
    page.get_by_role("searchbox", name="Search the wall").fill("ac dc")
    expect(page.locator(".tile:visible b")).to_have_text("AC\\DC")
    page.get_by_role("searchbox", name="Search the wall").fill("nobody has this")
    expect(page.get_by_text("No record here fits that.")).to_be_visible()
    page.get_by_role("searchbox", name="Search the wall").fill("")
    expect(page.get_by_text("No record here fits that.")).to_be_hidden()
    page.get_by_role("combobox", name="Genre").select_option("Funk / Soul")
    expect(page.locator("[data-count]")).to_have_text("42 of 84")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("[data-paged]")).to_be_visible()


def test_a_search_is_kept_in_the_address_and_shows_sixty_at_a_time(
    context: BrowserContext,
) -> None:
    page = context.new_page()
    page.goto("albums/")
    drawn = page.locator(".tile:visible", has_text="Plain 107").locator(".drawn")
    look = drawn.get_attribute("class")
    art = drawn.locator("use").get_attribute("href")
    page.goto("albums/?q=plain&sort=title")
    expect(drawn).to_have_attribute("class", look or "")
    assert drawn.locator("use").get_attribute("href") == art
    expect(page.locator("[data-count]")).to_have_text("70 of 84")
    assert titles(page)[:2] == ["Plain 100", "Plain 101"]
    page.get_by_role("button", name="Show more").click()
    expect(page.locator(".tile:visible")).to_have_count(70)
    page.locator(".tile:visible a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plain 100")


def test_the_wall_files_a_title_without_its_article(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("albums/?q=miles&sort=title")
    expect(page.locator(".tile:visible").first).to_be_visible()
    here = [title for title in titles(page) if title in ("Pair", "The No Tracks", "Video")]
    assert here == ["The No Tracks", "Pair"]


def test_without_script_the_wall_is_a_list_with_pages(browser: Browser, site: Site) -> None:
    page = browser.new_page(base_url=site.url, java_script_enabled=False)
    page.goto("albums/")
    assert len(titles(page)) == 60
    expect(page.locator(".filters")).to_be_hidden()
    page.get_by_role("link", name="Next →").click()
    assert len(titles(page)) == 24
    page.goto(VIDEO)
    expect(page.get_by_role("link", name="So What")).to_have_attribute(
        "href", "https://www.youtube.com/watch?v=zqNTltOGh5c"
    )
    expect(page.get_by_role("button", name="Play here")).to_have_count(0)
    page.close()


def test_a_player_is_loaded_when_asked_for_and_only_from_the_three_we_know(
    site: Site, context: BrowserContext, asked: list[str]
) -> None:
    page = context.new_page()
    page.goto(VIDEO)
    buttons = page.get_by_role("button", name="Play here")
    expect(buttons).to_have_count(3)
    assert outside(site, asked) == []
    for number in range(1, 4):
        buttons.first.press("Enter")
        expect(page.locator("iframe")).to_have_count(number)
        page.frame_locator("iframe >> nth=-1").locator("body").wait_for(state="attached")
    assert {urlsplit(url).netloc for url in outside(site, asked)} == {
        "embed.music.apple.com",
        "open.spotify.com",
        "www.youtube-nocookie.com",
    }


def test_light_or_dark_is_chosen_and_kept(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("")
    page.get_by_role("button", name="Light or dark").click()
    page.goto("artist/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 21, 18)"


@pytest.mark.parametrize("width", PAGES)
def test_pages_read_well_by_day_and_night(context: BrowserContext, width: int) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    for path in PAGES[width]:
        page.emulate_media(color_scheme="light")
        page.goto(path)
        assert violations(page) == "", path
        assert wider_than(page, width) == 0, path
