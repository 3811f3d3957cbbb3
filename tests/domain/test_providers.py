import pytest

from app.domain.providers import BY_NAME, threads_for


@pytest.mark.parametrize(
    ("name", "calls", "seconds", "threads"),
    [
        ("discogs", 60, 60, 6),
        ("discogs", 25, 60, 6),
        ("discogs", 6_000, 60, 6),
        ("discogs", 60, 0.3, 16),
        ("musicbrainz", 6_000, 60, 1),
    ],
)
def test_who_lets_many_calls_through_is_asked_by_more_threads(
    name: str, calls: int, seconds: float, threads: int
) -> None:
    assert threads_for(BY_NAME[name], calls, seconds) == threads
