"""Runs a command and kills it in the middle: python -m tests.dying STATEMENT WORDS.

The process dies like by kill -9 the moment it sends a statement that begins with STATEMENT to the
database. Settings come from the environment.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from flask.cli import FlaskGroup
from sqlalchemy import Engine, event

from app import create_app
from config import load_settings


def main(statement: str, words: list[str]) -> None:
    """Go on until that statement comes."""

    @event.listens_for(Engine, "before_cursor_execute")
    def _die(_connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        if text.lstrip().startswith(statement):
            os.kill(os.getpid(), signal.SIGKILL)

    FlaskGroup(create_app=lambda: create_app(load_settings())).main(words)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
