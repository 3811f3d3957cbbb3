"""Logs: one event a line, text for people or JSON for machines, request and run ids on each.

Secrets are taken out twice: our code never logs them, and a filter blanks what looks like one.
"""

from __future__ import annotations

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET = re.compile(
    r"(?i)((?:oauth_)?(?:token|secret|signature|consumer_key|verifier|password|api_key|key)"
    r"[\"']?\s*[=:]\s*[\"']?)([^\s\"',&;]{4,})|(Authorization:?\s+)(\S.*)|(Bearer\s+)(\S+)"
)
QUIET_LIBRARIES = ("urllib3", "requests", "oauthlib", "spotipy", "huey", "discogs_client")


def redact(text: str) -> str:
    """`text` with everything that looks like a token or secret blanked."""
    return SECRET.sub(lambda m: (m[1] or m[3] or m[5] or "") + "[hidden]", text)


def _redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}


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
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
