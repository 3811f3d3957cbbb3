"""Settings come from the environment and secrets.json, and are checked before anything starts."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config import ConfigError, RateLimit, keep_secret, load_settings

SecretsFile = Callable[[Any], Path]


@pytest.fixture
def secrets_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SecretsFile:
    """Writes the secrets.json this test's settings are read from."""

    def write(content: Any) -> Path:
        path = tmp_path / "secrets.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        monkeypatch.setenv("SECRETS_FILE", str(path))
        return path

    return write


def problems() -> str:
    """What loading the settings complains about."""
    with pytest.raises(ConfigError) as caught:
        load_settings()
    return str(caught.value)


def test_without_any_setting_the_defaults_serve_this_machine_only() -> None:
    settings = load_settings()

    assert (settings.host, settings.port) == ("127.0.0.1", 5000)
    assert settings.trusted_hosts == ("127.0.0.1", "localhost")


def test_the_database_is_a_file_in_the_instance_folder(tmp_path: Path) -> None:
    settings = load_settings(instance_path=tmp_path)

    assert settings.sqlalchemy_url == f"sqlite:///{tmp_path / 'gatefold.db'}"


def test_a_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "5099")
    monkeypatch.setenv("IMAGE_HOSTS", "a.example, b.example:8443")

    settings = load_settings()

    assert settings.port == 5099
    assert settings.image_hosts == ("a.example", "b.example:8443")


def test_a_setting_is_read_from_secrets_json(secrets_file: SecretsFile) -> None:
    secrets_file({"discogs_username": "crate", "discogs_token": "t0ken"})

    settings = load_settings()

    assert settings.discogs_username == "crate"
    assert settings.discogs_token.get_secret_value() == "t0ken"


def test_the_environment_wins_over_secrets_json(
    secrets_file: SecretsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets_file({"discogs_username": "file", "contact": "file@example.org"})
    monkeypatch.setenv("DISCOGS_USERNAME", "environment")

    settings = load_settings()

    assert settings.discogs_username == "environment"
    assert settings.contact == "file@example.org"


def test_an_empty_variable_counts_as_not_set(
    secrets_file: SecretsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets_file({"discogs_username": "file"})
    monkeypatch.setenv("DISCOGS_USERNAME", "")

    assert load_settings().discogs_username == "file"


def test_all_problems_come_in_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "PORT": "abc",
        "HOST": "0.0.0.0",
        "DISCOGS_LIMIT": "fast",
        "LOG_FORMAT": "xml",
        "DATABASE_URL": "mysql://localhost/records",
        "DISCOGS_API_URL": "http://api.discogs.com",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)

    lines = problems().splitlines()

    assert {line.strip().partition(":")[0] for line in lines[1:]} == set(wrong)


def test_no_secret_stands_in_the_message(
    secrets_file: SecretsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets_file({"discogs_token": ["wr0ng-t0ken"], "discogs_consumer_secret": "l0nely-secret"})
    monkeypatch.setenv("SECRET_KEY", "sh0rt-key")
    monkeypatch.setenv("DATABASE_URL", "mysql://me:pa55word@localhost/records")

    message = problems()

    for name in ("DISCOGS_TOKEN", "DISCOGS_CONSUMER_SECRET", "SECRET_KEY", "DATABASE_URL"):
        assert name in message
    for value in ("wr0ng-t0ken", "l0nely-secret", "sh0rt-key", "pa55word"):
        assert value not in message


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.20", "::", "::1", "records.example"])
def test_until_accounts_exist_only_loopback_is_listened_on(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOST", host)

    assert "HOST: Gatefold has no accounts yet" in problems()


@pytest.mark.parametrize(
    "given",
    [
        {"DISCOGS_CONSUMER_KEY": "key"},
        {"DISCOGS_CONSUMER_SECRET": "secret"},
        {"SPOTIFY_CLIENT_ID": "id"},
        {"SPOTIFY_CLIENT_SECRET": "secret"},
    ],
    ids=lambda given: next(iter(given)),
)
def test_half_a_pair_of_keys_is_refused(
    given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    assert "must be set together" in problems()


def test_a_whole_pair_of_keys_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCOGS_CONSUMER_KEY", "key")
    monkeypatch.setenv("DISCOGS_CONSUMER_SECRET", "secret")

    assert load_settings().discogs_consumer_key.get_secret_value() == "key"


@pytest.mark.parametrize("limit", ["", "60", "0/60", "60/0", "-1/60", "60/60/60", "1e9/1", "sixty"])
def test_a_limit_that_is_no_calls_by_seconds_is_refused(limit: str) -> None:
    with pytest.raises(ValueError, match="calls/seconds"):
        RateLimit.parse(limit)


def test_a_limit_is_calls_and_seconds() -> None:
    limit = RateLimit.parse(" 25 / 7.5 ")

    assert (limit.calls, limit.seconds) == (25, 7.5)


@pytest.mark.parametrize(
    "address",
    [
        "http://api.discogs.com",
        "ftp://api.discogs.com",
        "https://me:pw@api.discogs.com",
        "https://api.discogs.com?key=1",
        "api.discogs.com",
        "https://[::1",
    ],
)
def test_a_provider_is_called_at_a_plain_https_address_only(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCOGS_API_URL", address)

    assert "DISCOGS_API_URL" in problems()


def test_a_stand_in_on_this_machine_may_be_called_without_https(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISCOGS_API_URL", "http://127.0.0.1:8099/")

    assert load_settings().discogs_api_url == "http://127.0.0.1:8099"


def test_trusted_hosts_may_not_be_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_HOSTS", " , ")

    assert "TRUSTED_HOSTS" in problems()


@pytest.mark.parametrize("content", ["{", '{"port": 5000,}', '"port"', "null", "[5000]"])
def test_a_secrets_file_that_is_no_json_object_is_named(
    content: str, secrets_file: SecretsFile
) -> None:
    path = secrets_file(content)

    message = problems()

    assert str(path) in message
    assert "secrets.example.json" in message


def test_the_line_of_a_slip_in_the_secrets_file_is_told(secrets_file: SecretsFile) -> None:
    secrets_file('{\n  "discogs_username": "crate"\n  "discogs_token": "t0ken"\n}')

    message = problems()

    assert "line 3" in message
    assert "t0ken" not in message


@pytest.mark.parametrize("key", ["changeme", "secret", "fifteen-letters"])
def test_a_weak_key_is_refused(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", key)

    assert "SECRET_KEY" in problems()


def test_a_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "instance" / "secret.key"

    made = keep_secret(path)

    assert len(made) >= 32
    assert keep_secret(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_emptied_secret_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_text("")

    with pytest.raises(ConfigError, match="empty"):
        keep_secret(path)


def test_an_instance_path_that_is_no_folder_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("a file")

    with pytest.raises(ConfigError, match=r"INSTANCE_PATH: .* is not a folder"):
        keep_secret(tmp_path / "instance" / "secret.key")


@pytest.mark.parametrize("host", ["127.0.0.2", "localhost"])
def test_the_address_listened_on_is_trusted_once(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOST", host)

    assert load_settings().trusted_hosts.count(host) == 1
