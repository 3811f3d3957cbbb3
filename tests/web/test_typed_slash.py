"""Addresses with a slash too many at the end."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

ROOMS = (
    *("/admin", "/collection", "/crates", "/discover", "/export", "/feedback", "/graph", "/import"),
    *("/jobs", "/admin/quality", "/admin/health", "/healthz"),
)


@pytest.mark.parametrize("room", ROOMS)
def test_a_slash_at_the_end_leads_to_the_page(client: FlaskClient, room: str) -> None:
    answer = client.get(f"{room}/?q=a%20b&page=2")

    assert (answer.status_code, answer.location) == (308, f"{room}?q=a%20b&page=2")
    assert client.get(room).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/nowhere/", "/releases/99999999999999999999/", "/admin/backups/no/such/", "/s//"],
)
def test_what_is_no_page_stays_none(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["//evil.example/", "/\\evil.example/", "//evil.example//"])
def test_no_slash_leads_to_another_host(client: FlaskClient, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 404 or "evil" not in (answer.location or "")


def test_what_is_sent_to_an_address_with_a_slash_is_not_sent_on(client: FlaskClient) -> None:
    assert client.post("/feedback/", data={"text": "Hello"}).status_code == 404
