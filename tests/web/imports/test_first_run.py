"""The first run and the sample shelf."""

from __future__ import annotations

from flask.testing import FlaskClient


def test_an_empty_shelf_is_greeted_with_four_ways_and_a_sample(visitor: FlaskClient) -> None:
    page = visitor.get("/").text

    for way in ("Personal access token", "Consumer key", "Discogs username", "CSV file"):
        assert way in page
    assert "Look around with a sample shelf" in page


def test_the_username_way_says_what_will_not_come(visitor: FlaskClient) -> None:
    page = visitor.get("/").text

    assert "private folders, notes, grades, pictures" in page
    assert "25 calls a minute" in page


def test_one_click_puts_the_sample_shelf_up(visitor: FlaskClient) -> None:
    answer = visitor.post("/import/sample", follow_redirects=True)

    assert answer.request.path == "/collection"
    assert "The sample shelf is up" in answer.text


def test_home_is_the_collection_once_there_is_one(visitor: FlaskClient) -> None:
    visitor.post("/import/sample")

    assert visitor.get("/").location == "/collection"


def test_the_sample_shelf_says_whether_anything_else_is_there(visitor: FlaskClient) -> None:
    visitor.post("/import/sample")
    assert "none of your own yet" in visitor.get("/import").text

    by_hand = {"how": "hand", "artist": "Nobody", "title": "Untitled"}
    assert visitor.post("/import/record", data=by_hand).status_code == 302

    assert "among your own. Taking them down leaves yours alone" in visitor.get("/import").text


def test_one_click_takes_the_sample_shelf_down(visitor: FlaskClient) -> None:
    visitor.post("/import/sample")
    assert "Take it down" in visitor.get("/import").text

    answer = visitor.post("/import/sample/remove", follow_redirects=True)

    assert "are gone; yours stay" in answer.text
    assert visitor.get("/").status_code == 200


def test_two_clicks_put_it_up_once(visitor: FlaskClient) -> None:
    visitor.post("/import/sample")

    assert "up already" in visitor.post("/import/sample", follow_redirects=True).text


def test_the_window_shows_drawn_sleeves(visitor: FlaskClient) -> None:
    sleeve = visitor.get("/import/sample/0.svg")

    assert sleeve.mimetype == "image/svg+xml"
    assert sleeve.text.startswith("<svg")
    assert visitor.get("/import/sample/999.svg").status_code == 404
