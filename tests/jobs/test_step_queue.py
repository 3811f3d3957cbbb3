"""The items of a step that waits for another: when they are looked for again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask, current_app

from app.extensions import db
from app.jobs import step_queue
from app.jobs.news import News
from app.jobs.step_queue import PEEK, StepQueue
from app.services.enrich import work
from app.services.enrich.steps import IsOver, Outcomes, Step
from app.services.enrich.work import Item

OTHER = ("title", "musicbrainz")


class Waiting(Step):
    """Has nothing to ask but what `arrived`; counts how often it is asked."""

    provider = "images"
    entity = "release"

    def __init__(self) -> None:
        super().__init__(1, current_app.extensions["workplace"])
        self.arrived: set[str] = set()
        self.looks: list[int] = []

    def ready(self, items: Sequence[Item], is_over: IsOver) -> list[Item]:
        self.looks.append(len(items))
        is_over(*OTHER)
        return [item for item in items if item.key in self.arrived]

    def look(self, items: Sequence[Item]) -> Any:
        raise NotImplementedError

    def ask(self, client: Any, question: Any) -> Any:
        raise NotImplementedError

    def keep(self, items: Sequence[Item], question: Any, answer: Any) -> Outcomes:
        raise NotImplementedError


@pytest.fixture
def step(app: Flask) -> Waiting:
    work.add("release", "images", [str(number) for number in range(1, PEEK + 11)])
    db.session.commit()
    return Waiting()


def taken(queue: StepQueue) -> list[str]:
    return [item.key for item in queue.take(lambda *_: False, None)]


def test_a_list_with_nothing_ready_is_read_again_only_for_news(step: Waiting) -> None:
    news = News()
    queue = StepQueue(step, 100, news, "ours")

    assert [taken(queue) for _ in range(5)] == [[]] * 5
    news.tell("release", "discogs")
    assert taken(queue) == []
    assert step.looks == [PEEK + 10]

    step.arrived = {"3"}
    news.tell(*OTHER)
    assert taken(queue) == ["3"]
    assert step.looks == [PEEK + 10, PEEK]
    assert not queue.has_ended()


def test_what_is_ready_far_down_the_list_is_found_without_news(
    step: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = StepQueue(step, 100, News(), "ours")
    assert taken(queue) == []

    step.arrived = {str(PEEK + 10)}
    assert taken(queue) == []
    monkeypatch.setattr(step_queue, "LOOK_AGAIN_SECONDS", 0.0)
    assert taken(queue) == [str(PEEK + 10)]


def test_one_piece_of_news_soon_after_another_is_looked_at_a_little_later(
    step: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_queue, "REST_AFTER_NEWS", 1e6)
    monkeypatch.setattr(step_queue, "LOOK_AGAIN_SECONDS", 60.0)
    news = News()
    queue = StepQueue(step, 100, news, "ours")
    assert taken(queue) == []
    news.tell(*OTHER)
    assert taken(queue) == []

    step.arrived = {"4"}
    news.tell(*OTHER)
    assert [taken(queue) for _ in range(5)] == [[]] * 5
    assert len(step.looks) == 2

    monkeypatch.setattr(step_queue, "LOOK_AGAIN_SECONDS", 0.0)
    assert taken(queue) == ["4"]


def test_what_becomes_ready_at_the_top_is_not_left_behind(
    step: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much there is to do farther down: others wait for what comes first."""
    monkeypatch.setattr(step_queue, "LOOK_AHEAD", 10)
    queue = StepQueue(step, 100, News(), "ours")
    step.arrived = {"2", "12", "22", "32"}
    assert [taken(queue), taken(queue)] == [["2"], ["12"]]

    step.arrived.add("1")
    monkeypatch.setattr(step_queue, "LOOK_AGAIN_SECONDS", 0.0)
    assert taken(queue) == ["1"]
    monkeypatch.setattr(step_queue, "LOOK_AGAIN_SECONDS", 60.0)
    assert taken(queue) == ["22"], "it goes on where it was"
    monkeypatch.setattr(step_queue, "LOOK_AGAIN_SECONDS", 0.0)
    assert taken(queue) == ["32"], "also where nothing became ready at the top"
