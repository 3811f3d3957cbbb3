"""Logs: one event a line, text for people or JSON for machines, request and run ids on each.

Secrets are taken out twice: our code never logs them, and a filter blanks what looks like one.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
SECRET = re.compile(
    r"(?i)((?:oauth_)?(?:token|secret|signature|consumer_key|verifier|password|api_key|key)"
    r"[\"']?\s*[=:]\s*[\"']?)([^\s\"',&;]{4,})|(Authorization:?\s+)(\S.*)|(Bearer\s+)(\S+)"
)
SECRET_NAME = re.compile(
    r"(?i)(?:.*_)?(?:token|secret|signature|verifier|password|authorization|cookie)"
    r"|(?:consumer|api|secret)_key"
)
# What could end a line or steer a terminal; a title may hold any of it.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
QUIET_LIBRARIES = ("urllib3", "requests", "oauthlib", "spotipy", "huey", "discogs_client")


def redact(text: str) -> str:
    """`text` with everything that looks like a token or secret blanked."""
    return SECRET.sub(lambda m: (m[1] or m[3] or m[5] or "") + HIDDEN, text)


def _without_secrets(name: str, value: Any) -> Any:
    """A logged value, down to the last corner, without secrets; things become their repr."""
    if value is None or isinstance(value, bool | int | float) or name.startswith("_"):
        return value
    if SECRET_NAME.fullmatch(name):
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(key): _without_secrets(str(key), each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_without_secrets("", each) for each in value]
    return redact(value if isinstance(value, str) else repr(value))


def _redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: _without_secrets(name, value) for name, value in event.items()}


def _one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Text logs: nothing that is logged can look like a line of its own (JSON escapes by itself).

    Only a traceback keeps its lines, each moved in.
    """
    lines = {name: _escaped(text) for name, text in event.items() if isinstance(text, str)}
    if isinstance(trace := event.get("exception"), str):
        lines["exception"] = "\n".join(f"    {_escaped(line)}" for line in trace.split("\n"))
    return {**event, **lines}


def _escaped(text: str) -> str:
    return CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def configure_logging(log_format: str, level: str) -> None:
    """Send our events and those of libraries to standard error in one format."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact_event,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(log_format),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderers(log_format: str) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.JSONRenderer()]
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    return [_one_line, console]
