"""What all commands share: one owner, errors as one line, results for people or machines."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import click
from flask import current_app
from sqlalchemy.exc import OperationalError

from app.errors import GatefoldError
from app.extensions import db
from app.services.workplace import Workplace

P = ParamSpec("P")
R = TypeVar("R")
# Until accounts exist there is one owner, made by the first migration.
OWNER_ID = 1

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def workplace() -> Workplace:
    """The settings and the vault of this installation."""
    found: Workplace = current_app.extensions["workplace"]
    return found


def show(result: dict[str, Any], sentence: str, as_json: bool) -> None:
    """Print the result: the sentence, or the object for a machine."""
    click.echo(json.dumps(result, ensure_ascii=False, sort_keys=True) if as_json else sentence)


def plain_errors(command: Callable[P, R]) -> Callable[P, R]:
    """A fault somebody can act on is one line on standard error and exit code 1."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except GatefoldError as error:
            _fail(str(error))
        except OperationalError as error:
            _fail(f"The database cannot be used: {error.orig}")
        raise AssertionError("not reached")

    return wrapped


def _fail(sentence: str) -> None:
    db.session.rollback()
    click.echo(sentence, err=True)
    sys.exit(1)
