"""Connecting on the page: each refusal at its field, and no secret ever sent back (A8, X1, X3)."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from tests.standin.discogs import DiscogsStandIn

KEYS = {"consumer_key": "test-key", "consumer_secret": "test-secret"}


def test_a_token_connects_and_is_not_shown_again(visitor: FlaskClient) -> None:
    answer = visitor.post(
        "/import/connect/token", data={"token": "test-token"}, follow_redirects=True
    )

    assert "Connected with Discogs as collector." in answer.text
    assert "Fetch the collection" in answer.text
    assert "test-token" not in answer.text


@pytest.mark.parametrize(
    ("way", "field", "value", "sentence"),
    [
        ("token", "token", "wrong-token", "does not accept this token"),
        ("token", "token", "", "Paste your token here"),
        ("username", "username", "nobody", "knows nobody called nobody"),
        ("oauth", "consumer_key", "wrong-key", "Paste the consumer secret here"),
    ],
)
def test_a_refusal_stands_at_its_field(
    visitor: FlaskClient, way: str, field: str, value: str, sentence: str
) -> None:
    answer = visitor.post(f"/import/connect/{way}", data={field: value})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_refused_secret_is_not_sent_back(visitor: FlaskClient) -> None:
    token = visitor.post("/import/connect/token", data={"token": "my-secret-token"})
    keys = visitor.post(
        "/import/connect/oauth", data={"consumer_key": "k", "consumer_secret": "my-secret"}
    )

    assert "my-secret" not in token.text + keys.text


def test_a_typed_name_is_still_there_after_a_refusal(visitor: FlaskClient) -> None:
    page = visitor.post("/import/connect/username", data={"username": "nobdy"}).text

    assert 'value="nobdy"' in page


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("rate_limited", "Discogs asked us to slow down."),
        ("bad_gateway", "Discogs has a problem of its own just now (502)."),
        ("firewall", "a firewall blocks our requests."),
        ("reset", "Discogs could not be reached."),
    ],
)
def test_a_silent_discogs_is_an_answer_on_the_page(
    visitor: FlaskClient, discogs: DiscogsStandIn, fault: str, why: str
) -> None:
    """U1, U6, U16: nothing is kept, the page stays usable."""
    discogs.fail_next("/", fault, times=3)

    answer = visitor.post("/import/connect/token", data={"token": "test-token"})

    assert answer.status_code == 502
    assert why in answer.text
    assert "Bring in your records" in answer.text or "A shelf for your records" in answer.text
    assert "Disconnect" not in visitor.get("/import").text


def test_the_page_opens_without_asking_discogs(
    visitor: FlaskClient, discogs: DiscogsStandIn
) -> None:
    """U16."""
    visitor.post("/import/connect/token", data={"token": "test-token"})
    discogs.requests.clear()

    assert visitor.get("/import").status_code == 200
    assert discogs.requests == []


def test_disconnecting_forgets_the_account(visitor: FlaskClient) -> None:
    visitor.post("/import/connect/username", data={"username": "collector"})

    answer = visitor.post("/import/disconnect", follow_redirects=True)

    assert "Disconnected" in answer.text
    assert "Connected as" not in answer.text


# --- signing in ---


def leave(visitor: FlaskClient) -> str:
    """Start a sign-in; the address at Discogs the browser is sent to."""
    answer = visitor.post("/import/connect/oauth", data=KEYS)
    assert answer.status_code == 302
    return answer.location


def decide(discogs: DiscogsStandIn, address: str, answer: str) -> str:
    """Press "approve" or "deny" at Discogs; the address the browser is sent back to."""
    query = urlsplit(address).query
    connection = http.client.HTTPConnection(urlsplit(discogs.url).netloc)
    connection.request("GET", f"/oauth/authorize/{answer}?{query}")
    back = connection.getresponse().getheader("Location") or ""
    connection.close()
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def test_signing_in_leads_through_discogs_and_back(
    visitor: FlaskClient, discogs: DiscogsStandIn
) -> None:
    back = decide(discogs, leave(visitor), "approve")
    assert back.startswith("/import/oauth/callback?")

    answer = visitor.get(back, follow_redirects=True)

    assert "Connected with Discogs as collector." in answer.text
    assert "Signed in at discogs" in answer.text


def test_no_secret_is_in_any_address(visitor: FlaskClient, discogs: DiscogsStandIn) -> None:
    address = leave(visitor)

    assert "secret" not in address
    assert "secret" not in decide(discogs, address, "approve")


def failed(visitor: FlaskClient, address: str) -> str:
    answer = visitor.get(address)
    assert answer.status_code == 422
    assert "Try again" in answer.text
    assert "Connected as" not in visitor.get("/import").text
    return answer.text


def test_saying_no_is_said_back(visitor: FlaskClient, discogs: DiscogsStandIn) -> None:
    assert "You said no" in failed(visitor, decide(discogs, leave(visitor), "deny"))


def test_after_a_no_one_may_say_yes(visitor: FlaskClient, discogs: DiscogsStandIn) -> None:
    failed(visitor, decide(discogs, leave(visitor), "deny"))

    back = decide(discogs, leave(visitor), "approve")

    assert "Connected" in visitor.get(back, follow_redirects=True).text


def test_a_replayed_answer_changes_nothing(visitor: FlaskClient, discogs: DiscogsStandIn) -> None:
    back = decide(discogs, leave(visitor), "approve")
    visitor.get(back)
    visitor.post("/import/disconnect")

    assert "used already" in failed(visitor, back)


def test_the_older_of_two_tabs_is_told_so(visitor: FlaskClient, discogs: DiscogsStandIn) -> None:
    older = decide(discogs, leave(visitor), "approve")
    newer = decide(discogs, leave(visitor), "approve")

    assert "another tab" in failed(visitor, older)
    assert "Connected" in visitor.get(newer, follow_redirects=True).text


def test_an_answer_in_another_browser_is_refused(
    visitor: FlaskClient, discogs: DiscogsStandIn
) -> None:
    back = decide(discogs, leave(visitor), "approve")
    stranger = visitor.application.test_client()

    assert "another tab or browser" in failed(stranger, back)


def test_an_answer_without_a_token_is_refused(visitor: FlaskClient) -> None:
    assert "without an answer" in failed(visitor, "/import/oauth/callback")


def test_the_session_holds_no_secret(visitor: FlaskClient) -> None:
    leave(visitor)

    with visitor.session_transaction() as session:
        assert "test-secret" not in repr(dict(session))
        assert [key for key in session if key == "discogs_sign_in"] == ["discogs_sign_in"]
