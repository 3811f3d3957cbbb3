"""Telling us something from any page, and what becomes of it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.extensions import db
from app.models import Feedback
from app.models.base import utcnow
from app.services import feedback
from tests.listening import statements

OWNER = 1
HOSTILE = "```\n# <script>alert(1)</script>\n````\n[x](javascript:alert(1))"


def tell(client: FlaskClient, **form: str) -> int:
    told = {"kind": "wrong", "text": "It creaks.", "page": "/collection", **form}
    return client.post("/feedback", data=told).status_code


@pytest.mark.parametrize("page", ["/collection", "/admin", "/import", "/nowhere"])
def test_every_page_leads_to_the_form_and_says_which_page_it_is(
    client: FlaskClient, page: str
) -> None:
    shown = client.get(page).text

    assert f'href="/feedback?page={page}" data-opens="feedback"' in shown
    assert f'<input type="hidden" name="page" value="{page}">' in shown
    form = client.get(f"/feedback?page={page}").text
    assert f'<input type="hidden" name="page" value="{page}">' in form


def test_what_is_sent_is_kept_answered_and_the_answer_shown(client: FlaskClient) -> None:
    sent = client.post(
        "/feedback", data={"kind": "idea", "text": " Louder! ", "page": "/releases/3?q=x#top"}
    )

    assert (sent.status_code, sent.location) == (303, "/releases/3?q=x#top")
    told = db.session.scalars(select(Feedback)).one()
    assert (told.kind, told.text, told.page, told.state) == (
        "idea",
        "Louder!",
        "/releases/3",
        "open",
    )
    assert "Feedback <span>1</span>" in client.get("/admin").text
    assert "Louder!" in client.get("/admin/feedback").text
    client.post(f"/admin/feedback/{told.id}/answer", data={"answer": "Turned up."})
    assert "Turned up." in client.get("/feedback").text
    assert "Louder!" in client.get("/admin/feedback?state=answered").text
    assert "Nothing waits for an answer" in client.get("/admin/feedback").text


def test_a_text_beyond_the_limit_comes_back_whole_and_is_not_cut(client: FlaskClient) -> None:
    long = "ten chars " * 1_000 + "the point"

    answer = client.post("/feedback", data={"kind": "idea", "text": long})

    assert answer.status_code == 422
    assert long in answer.text
    assert "These are 10,009 characters; 10,000 is the most." in answer.text
    tell(client)
    assert client.post("/admin/feedback/1/answer", data={"answer": long}).status_code == 422
    assert db.session.scalars(select(Feedback.answer)).all() == [""]


def test_one_is_closed_and_opened_again(client: FlaskClient) -> None:
    tell(client)
    client.post("/admin/feedback/1/close")
    assert "It creaks." in client.get("/admin/feedback?state=closed").text

    client.post("/admin/feedback/1/reopen")

    assert "It creaks." in client.get("/admin/feedback").text


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("//evil.example/x", ""),
        ("https://evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("/\\evil", ""),
        ("/a`b<c>", "/a%60b%3Cc%3E"),
        ("/" + "x" * 3000, ""),
    ],
)
def test_the_page_is_a_path_here_or_nothing(client: FlaskClient, page: str, kept: str) -> None:
    tell(client, page=page)

    assert db.session.scalars(select(Feedback.page)).one() == kept


@pytest.mark.parametrize(
    ("form", "told"),
    [({"text": " \0 "}, "Write a few words first."), ({"kind": "rant"}, "Choose what it is.")],
)
def test_what_cannot_be_used_comes_back_with_what_was_typed(
    client: FlaskClient, form: dict[str, str], told: str
) -> None:
    data = {"kind": "idea", "text": "My long text", "page": "/discover", **form}

    answer = client.post("/feedback", data=data)

    assert answer.status_code == 422
    assert told in answer.text
    assert 'name="page" value="/discover"' in answer.text
    assert ("My long text" in answer.text) == ("text" not in form)
    assert db.session.scalars(select(Feedback)).all() == []


def test_too_much_at_once_is_kept_waiting_with_its_text(client: FlaskClient) -> None:
    assert [tell(client) for _ in range(feedback.MOST)] == [303] * feedback.MOST

    refused = client.post("/feedback", data={"kind": "idea", "text": "One more", "page": "/"})

    assert refused.status_code == 429
    assert "One more" in refused.text
    assert "in a few minutes" in refused.text
    db.session.execute(update(Feedback).values(at=utcnow() - feedback.WITHIN))
    db.session.commit()
    assert tell(client) == 303


def test_hostile_text_stays_text_on_pages_and_in_issues(client: FlaskClient) -> None:
    tell(client, text=HOSTILE)
    client.post("/admin/feedback/1/answer", data={"answer": "</textarea><b>"})

    for page in ("/feedback", "/admin/feedback?state=answered"):
        assert "<script>alert" not in client.get(page).text
        assert "</textarea><b>" not in client.get(page).text
    issue = client.get("/admin/feedback/1/issue.md")
    assert issue.content_type == "text/markdown; charset=utf-8"
    assert "attachment" in issue.headers["Content-Disposition"]
    assert f"`````text\n{HOSTILE}\n`````" in issue.text
    assert issue.text.startswith("# Feedback 1: Something is wrong\n")


def test_all_of_a_state_are_one_file(client: FlaskClient) -> None:
    tell(client, text="first")
    tell(client, text="second")

    text = client.get("/admin/feedback/issues.md?state=open").text

    assert text.index("first") < text.index("second")
    assert text.count("\n---\n") == 1
    assert client.get("/admin/feedback/issues.md?state=closed").text == ""


def test_more_feedback_costs_no_more_statements(client: FlaskClient) -> None:
    def pages() -> int:
        with statements() as made:
            for page in ("/feedback", "/admin/feedback"):
                client.get(page)
        return len(made)

    def some(count: int) -> None:
        for number in range(count):
            db.session.add(Feedback(owner_id=OWNER, kind="idea", text=str(number)))
        db.session.commit()

    some(2)
    few = pages()
    some(40)

    assert pages() == few
    assert "page=2" in client.get("/admin/feedback").text


@pytest.mark.parametrize("act", ["answer", "close", "reopen"])
def test_what_is_not_there_is_not_found(client: FlaskClient, act: str) -> None:
    assert client.post(f"/admin/feedback/9/{act}", data={"answer": "x"}).status_code == 404
    assert client.get("/admin/feedback/9/issue.md").status_code == 404
    assert client.get("/admin/feedback?state=x&page=-1").status_code == 200


def test_an_empty_answer_is_refused(client: FlaskClient) -> None:
    tell(client)

    assert client.post("/admin/feedback/1/answer", data={"answer": "  "}).status_code == 422
