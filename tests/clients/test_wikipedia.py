"""Wikipedia: the beginnings of articles."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.clients.wikipedia import WikipediaClient
from app.clients.wikipedia_answers import LONGEST_TEXT, beginning
from app.domain.matching.facts import ArticleRecord
from tests.clients.conftest import RecordingLimiter
from tests.clients.open_services import AGENT
from tests.standin.wikipedia import Page, WikipediaStandIn

FLOYD = Page("Pink Floyd", "Pink Floyd are an English rock band.", "English rock band", "Q2306")


@pytest.fixture
def service() -> Iterator[WikipediaStandIn]:
    with WikipediaStandIn(FLOYD) as stand_in:
        yield stand_in


@pytest.fixture
def client(
    service: WikipediaStandIn, limiter: RecordingLimiter, pauses: list[float]
) -> Iterator[WikipediaClient]:
    client = WikipediaClient(service.api_url, AGENT, limiter, sleep=pauses.append)
    yield client
    client.close()


def test_an_article_tells_its_beginning_and_where_it_is(
    client: WikipediaClient, service: WikipediaStandIn
) -> None:
    assert client.articles("en", ["Pink Floyd"]) == {
        "Pink Floyd": ArticleRecord(
            asked="Pink Floyd",
            title="Pink Floyd",
            url="https://en.wikipedia.org/wiki/Pink_Floyd",
            language="en",
            text="Pink Floyd are an English rock band.",
            description="English rock band",
            qid="Q2306",
        )
    }
    assert service.calls() == 1


def test_twenty_articles_are_one_call_and_more_are_refused(
    client: WikipediaClient, service: WikipediaStandIn
) -> None:
    titles = [f"Band {number}" for number in range(21)]
    service.add(*[Page(title, f"{title} is a band.") for title in titles])

    found = client.articles("en", titles[:20])

    assert {asked: record.text for asked, record in found.items()} == {
        title: f"{title} is a band." for title in titles[:20]
    }
    with pytest.raises(ValueError, match="at most 20"):
        client.articles("en", titles)
    assert service.calls() == 1


def test_a_redirect_and_another_spelling_lead_back_to_the_title_asked_for(
    client: WikipediaClient, service: WikipediaStandIn
) -> None:
    service.redirects["The Pink Floyd"] = "Pink Floyd"

    found = client.articles("en", ["the_Pink_Floyd", "Pink Floyd", "pink Floyd"])

    assert {asked: record.title for asked, record in found.items()} == {
        "the_Pink_Floyd": "Pink Floyd",
        "Pink Floyd": "Pink Floyd",
        "pink Floyd": "Pink Floyd",
    }
    assert service.calls() == 1


def test_redirects_in_a_circle_lead_nowhere(
    client: WikipediaClient, service: WikipediaStandIn
) -> None:
    circle = [{"from": "Pink Floyd", "to": "Floyd"}, {"from": "Floyd", "to": "Pink Floyd"}]
    pages = [{"title": "Elsewhere", "extract": "Text.", "fullurl": "https://x.example/"}]
    query = {"redirects": circle, "pages": pages}
    service.fail_next("/", "edited", edit=lambda body: body.update(query=query))

    assert client.articles("en", ["Pink Floyd"]) == {}


def test_missing_empty_and_impossible_titles_are_left_out_of_the_others(
    client: WikipediaClient, service: WikipediaStandIn
) -> None:
    service.add(Page("Silence", " \n"))

    asked = ["Pink Floyd", "Nobody", "Silence", "A|B", "Foo#Bar", "[x]", " ", "x" * 256]

    assert list(client.articles("en", asked)) == ["Pink Floyd"]
    assert client.articles("en", ["A|B"]) == {}
    assert service.calls() == 1


def test_a_title_wikipedia_calls_invalid_is_left_out(
    client: WikipediaClient, service: WikipediaStandIn
) -> None:
    told = {"title": "x", "invalid": True, "invalidreason": "The requested page title is …"}
    service.fail_next("/", "edited", edit=lambda body: body["query"].update(pages=[told]))

    assert client.articles("en", ["x"]) == {}


def test_a_page_that_lists_namesakes_says_so(
    client: WikipediaClient, service: WikipediaStandIn
) -> None:
    service.add(Page("Moon (disambiguation)", "Moon may refer to:", is_disambiguation=True))

    found = client.articles("en", ["Moon (disambiguation)", "Pink Floyd"])

    assert [record.is_disambiguation for record in found.values()] == [True, False]


def test_each_language_is_asked_at_its_own_address_and_under_one_limit(
    client: WikipediaClient, service: WikipediaStandIn, limiter: RecordingLimiter
) -> None:
    service.add(Page("坂本龍一", "坂本龍一は日本の作曲家。", language="ja"))

    assert client.articles("ja", ["坂本龍一"])["坂本龍一"].language == "ja"
    assert client.articles("en", ["坂本龍一"]) == {}
    assert [request.path for request in service.requests] == ["/ja/w/api.php", "/en/w/api.php"]
    assert limiter.acquired == 2


@pytest.mark.parametrize("language", ["", "e", "EN", "en.evil", "en/..", "x" * 13, "-e", "e-"])
def test_what_is_no_language_is_refused(
    client: WikipediaClient, service: WikipediaStandIn, language: str
) -> None:
    with pytest.raises(ValueError, match="no language"):
        client.articles(language, ["Pink Floyd"])

    assert service.calls() == 0


def test_an_answer_in_parts_is_read_to_its_end(
    client: WikipediaClient, service: WikipediaStandIn
) -> None:
    service.parts = 2
    titles = [f"Band {number}" for number in range(5)]
    service.add(*[Page(title, f"{title} is a band.", qid=f"Q{title[-1]}") for title in titles])

    found = client.articles("en", titles)

    assert [(record.text, record.qid) for record in found.values()] == [
        (f"{title} is a band.", f"Q{title[-1]}") for title in titles
    ]
    assert service.calls() == 3


def test_an_answer_that_always_promises_more_is_left_in_the_end(
    client: WikipediaClient, service: WikipediaStandIn
) -> None:
    more = {"excontinue": 1, "continue": "||info"}
    service.fail_next("/", "edited", times=99, edit=lambda body: body.update({"continue": more}))

    client.articles("en", ["Pink Floyd"])

    assert service.calls() == 20


def test_very_long_titles_are_asked_for_in_several_calls_of_bearable_length(
    client: WikipediaClient, service: WikipediaStandIn
) -> None:
    titles = ["音" * 80 + str(number) for number in range(20)]
    service.add(*[Page(title, "Music.") for title in titles])

    assert list(client.articles("en", titles)) == titles
    assert service.calls() == 3
    assert max(len(request.target) for request in service.requests) < 8_000


def test_decomposed_letters_are_asked_for_composed_and_answered_as_asked(
    client: WikipediaClient, service: WikipediaStandIn
) -> None:
    service.add(Page("Björk", "Björk is a singer."))

    asked = "Bjo\u0308rk"

    assert client.articles("en", [asked])[asked].title == "Björk"


def test_a_text_is_cleaned_and_a_short_one_is_whole(
    client: WikipediaClient, service: WikipediaStandIn
) -> None:
    service.add(Page("Moon", "\nMoon\x00 is\x07 a band.\n\nIt has a drummer.\n"))

    assert client.articles("en", ["Moon"])["Moon"].text == "Moon is a band.\n\nIt has a drummer."


@pytest.mark.parametrize(
    ("sentence", "end"),
    [
        ("A sentence about a band. ", "band."),
        ("They asked “Why?” and left!\n", "left!"),
        ("日本のバンドである。", "である。"),
    ],
)
def test_a_long_text_ends_with_a_whole_sentence(sentence: str, end: str) -> None:
    text = beginning(sentence * 200)

    assert text.endswith(end)
    assert LONGEST_TEXT * 0.9 < len(text) <= LONGEST_TEXT


def test_a_text_without_sentences_ends_between_words_with_an_ellipsis() -> None:
    text = beginning("drums " * 1_000)

    assert text.endswith("drums …")
    assert len(text) <= LONGEST_TEXT + 2
