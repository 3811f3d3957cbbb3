"""What every app of a test compiles anew, compiled once: templates, address rules, statements.

A test has an app of its own; without this, making it takes longer than most tests do.
"""

from __future__ import annotations

from types import CodeType, MethodType
from typing import Any, ClassVar

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.default import DefaultDialect
from werkzeug.routing import Rule

from app.extensions import db


class CompiledTemplates(BytecodeCache):
    """Templates compiled for one app serve all."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of this very source, if there is any."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        self._codes[bucket.key, bucket.checksum] = bucket.code


class CompiledRule(Rule):
    """An address rule that takes over what one of the same words was compiled to."""

    _known: ClassVar[dict[tuple[Any, ...], Rule]] = {}

    def compile(self) -> None:
        """Be ready to match and to build."""
        words = (self.rule, self.is_leaf, self.subdomain, self.merge_slashes, repr(self.defaults))
        known = self._known.get(words)
        if known is None:
            super().compile()
            self._known[words] = self
            return
        self.arguments |= known.arguments
        self._parts, self._trace = known._parts, known._trace
        self._converters = known._converters
        self._build = MethodType(known._build.__func__, self)
        self._build_unknown = MethodType(known._build_unknown.__func__, self)


class _Alike(DefaultDialect):
    """Two of a kind are equal, so that a statement compiled for one database is for all of them."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


class Sqlite(_Alike, SQLiteDialect_pysqlite):
    """SQLite, for `COMPILED_STATEMENTS`."""

    supports_statement_cache = True


class Postgresql(_Alike, PGDialect_psycopg):
    """PostgreSQL, for `COMPILED_STATEMENTS`."""

    supports_statement_cache = True


COMPILED_TEMPLATES = CompiledTemplates()
COMPILED_STATEMENTS: dict[Any, Any] = {}


def compile_once() -> None:
    """Let all apps and databases made from now on share what they compile."""
    Flask.url_rule_class = CompiledRule
    registry.register("sqlite", __name__, "Sqlite")
    for name in ("postgresql", "postgresql.psycopg"):
        registry.register(name, __name__, "Postgresql")


def share_compiled(app: Flask) -> None:
    """Give an app what others have compiled."""
    app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    with app.app_context():
        db.engine.update_execution_options(compiled_cache=COMPILED_STATEMENTS)
