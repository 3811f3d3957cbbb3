"""Every setting Gatefold knows, read once at start: environment first, then secrets.json.

A setting has the same name in both places, upper case in the environment and lower case in the
file. All problems are reported in one message (`ConfigError`), never with a secret's value.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import secrets
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

ROOT = Path(__file__).resolve().parent
VERSION = "0.1.0"
LOOPBACK_NAMES = ("127.0.0.1", "localhost")
KNOWN_BAD_KEYS = {"secret", "changeme", "change-me", "dev", "password", "secret_key"}


class ConfigError(Exception):
    """The settings cannot be used; the message lists every problem, one a line."""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class RateLimit:
    """`calls` per `seconds` in a moving window, written "60/60"."""

    def __init__(self, calls: int, seconds: float) -> None:
        self.calls, self.seconds = calls, seconds

    @classmethod
    def parse(cls, text: str) -> Self:
        match = re.fullmatch(r"\s*(\d{1,6})\s*/\s*(\d{1,6}(?:\.\d+)?)\s*", text)
        if not match or not int(match[1]) or not float(match[2]):
            raise ValueError("write it as calls/seconds, for example 60/60")
        return cls(int(match[1]), float(match[2]))

    def __repr__(self) -> str:
        return f"{self.calls}/{self.seconds:g}"


class Settings(BaseSettings):
    """The settings of one installation. Names and defaults are a contract with its users."""

    model_config = SettingsConfigDict(
        extra="ignore",
        case_sensitive=False,
        hide_input_in_errors=True,
        json_file_encoding="utf-8",
        arbitrary_types_allowed=True,
        env_ignore_empty=True,
    )

    database_url: str = ""
    redis_url: str = ""
    secret_key: SecretStr = SecretStr("")
    instance_path: Path = Path("instance")
    host: str = "127.0.0.1"
    port: int = Field(5000, ge=1, le=65535)
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = LOOPBACK_NAMES
    proxy_hops: int = Field(0, ge=0, le=5)

    discogs_username: str = ""
    discogs_token: SecretStr = SecretStr("")
    discogs_consumer_key: SecretStr = SecretStr("")
    discogs_consumer_secret: SecretStr = SecretStr("")
    spotify_client_id: str = ""
    spotify_client_secret: SecretStr = SecretStr("")
    apple_team_id: str = ""
    apple_key_id: str = ""
    apple_private_key_file: Path | None = None
    apple_storefront: str = "us"
    contact: str = "https://example.org/gatefold"

    discogs_api_url: str = "https://api.discogs.com"
    discogs_web_url: str = "https://www.discogs.com"
    musicbrainz_api_url: str = "https://musicbrainz.org/ws/2"
    coverart_api_url: str = "https://coverartarchive.org"
    wikidata_api_url: str = "https://www.wikidata.org"
    wikipedia_api_url: str = "https://{lang}.wikipedia.org"
    itunes_api_url: str = "https://itunes.apple.com"
    apple_music_api_url: str = "https://api.music.apple.com"
    spotify_api_url: str = "https://api.spotify.com/v1"
    spotify_accounts_url: str = "https://accounts.spotify.com"
    image_hosts: Annotated[tuple[str, ...], NoDecode] = (
        "i.discogs.com",
        "coverartarchive.org",
        "archive.org",
        "mzstatic.com",
    )

    discogs_limit: str = "60/60"
    discogs_anonymous_limit: str = "25/60"
    musicbrainz_limit: str = "1/1"
    coverart_limit: str = "5/1"
    wikidata_limit: str = "5/1"
    wikipedia_limit: str = "5/1"
    itunes_limit: str = "20/60"
    apple_music_limit: str = "5/1"
    spotify_limit: str = "5/1"
    images_limit: str = "120/60"

    enable_discogs: bool = True
    enable_musicbrainz: bool = True
    enable_coverart: bool = True
    enable_wikidata: bool = True
    enable_wikipedia: bool = True
    enable_itunes: bool = True
    enable_apple_music: bool = True
    enable_spotify: bool = True
    hugo_binary: Path | None = None
    image_cache_mb: int = Field(2000, ge=50, le=1_000_000)
    jobs: Literal["inprocess", "worker"] = "inprocess"
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    otel_exporter_otlp_endpoint: str = ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, JsonConfigSettingsSource(settings_cls, secrets_file())

    @field_validator("trusted_hosts", "image_hosts", mode="before")
    @classmethod
    def _split_list(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = tuple(part.strip() for part in value.split(",") if part.strip())
        if not value:
            raise ValueError("names nobody; leave it out for the default")
        return value

    @field_validator(
        "discogs_limit",
        "discogs_anonymous_limit",
        "musicbrainz_limit",
        "coverart_limit",
        "wikidata_limit",
        "wikipedia_limit",
        "itunes_limit",
        "apple_music_limit",
        "spotify_limit",
        "images_limit",
    )
    @classmethod
    def _check_limit(cls, value: str) -> str:
        RateLimit.parse(value)
        return value

    @field_validator(
        "discogs_api_url",
        "discogs_web_url",
        "musicbrainz_api_url",
        "coverart_api_url",
        "wikidata_api_url",
        "wikipedia_api_url",
        "itunes_api_url",
        "apple_music_api_url",
        "spotify_api_url",
        "spotify_accounts_url",
    )
    @classmethod
    def _check_base_url(cls, value: str) -> str:
        parts = urlsplit(value.replace("{lang}", "en"))
        if parts.username or parts.query or parts.fragment or not parts.hostname:
            raise ValueError("must be a plain address such as https://api.example.org")
        if parts.scheme != "https" and not (
            parts.scheme == "http" and _is_loopback(parts.hostname)
        ):
            raise ValueError("must begin with https:// (plain http only for 127.0.0.1)")
        return value.rstrip("/")

    @field_validator("host")
    @classmethod
    def _loopback_until_accounts_exist(cls, value: str) -> str:
        # Werkzeug cannot match an IPv6 address with a port against trusted hosts.
        if not _is_loopback(value) or ":" in value:
            raise ValueError(
                "Gatefold has no accounts yet, so it listens on this machine only; use 127.0.0.1"
            )
        return value

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("secret_key")
    @classmethod
    def _check_key(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value()
        if key and (len(key) < 16 or key.lower() in KNOWN_BAD_KEYS):
            raise ValueError("is too short or well known; leave it out and one is made for you")
        return value

    @field_validator("discogs_consumer_secret", "spotify_client_secret")
    @classmethod
    def _pairs_come_together(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        name = str(info.field_name)
        partner = name.replace("_secret", "_key" if "consumer" in name else "_id")
        if bool(value.get_secret_value()) != bool(_plain(info.data.get(partner, value))):
            raise ValueError(f"{partner.upper()} and {name.upper()} must be set together")
        return value

    @property
    def user_agent(self) -> str:
        """Who asks: name, version, contact."""
        return f"Gatefold/{VERSION} +{self.contact}"

    @property
    def sqlalchemy_url(self) -> str:
        """The database address; an embedded SQLite file unless DATABASE_URL is set."""
        return self.database_url or f"sqlite:///{self.instance_path.resolve() / 'gatefold.db'}"


def _plain(value: Any) -> Any:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def secrets_file() -> Path:
    """Where settings are looked for after the environment; the file need not exist."""
    return Path(os.environ.get("SECRETS_FILE", ROOT / "secrets.json"))


def load_settings(**overrides: Any) -> Settings:
    """Read and check the settings; `overrides` win over environment and file (tests use them).

    Raises ConfigError naming every wrong setting at once.
    """
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        lines = [_problem_line(dict(problem)) for problem in error.errors(include_input=False)]
        raise ConfigError("\n".join(["These settings cannot be used:", *lines])) from None
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"{secrets_file()} is not valid JSON (line {error.lineno}); see secrets.example.json"
        ) from None
    except (TypeError, ValueError):
        raise ConfigError(
            f"{secrets_file()} must be one JSON object in UTF-8; see secrets.example.json"
        ) from None
    except OSError as error:
        raise ConfigError(f"{secrets_file()} cannot be read: {error.strerror}") from None
    settings.instance_path = settings.instance_path.resolve()
    if _is_loopback(settings.host) and settings.host not in settings.trusted_hosts:
        # Or no page could be had under the address that is listened on.
        settings.trusted_hosts = (*settings.trusted_hosts, settings.host)
    return settings


def _problem_line(problem: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in problem["loc"]).upper() or "settings"
    return f"  {name}: {str(problem['msg']).removeprefix('Value error, ')}"


def keep_secret(path: Path, length: int = 48) -> str:
    """The secret kept in `path`, made on first use and readable by its owner alone (mode 600).

    Raises ConfigError when it can be neither read nor made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = _make_secret(path, length) or path.read_text().strip()
    except FileExistsError:
        raise ConfigError(f"INSTANCE_PATH: {path.parent} is not a folder.") from None
    except OSError as error:
        raise ConfigError(f"INSTANCE_PATH: {path} cannot be used: {error.strerror}") from None
    if not kept:
        raise ConfigError(f"{path} is empty. Delete it, and a new one is made.")
    return kept


def _make_secret(path: Path, length: int) -> str:
    """A new secret in a file of its own; "" if the file is there already."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return ""
    with os.fdopen(handle, "w") as file:
        file.write(made := secrets.token_urlsafe(length))
    return made
