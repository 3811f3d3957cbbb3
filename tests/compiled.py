"""What every app of a test compiles anew, compiled once: templates, and the rules of addresses.

A test has an app of its own; without this, making it takes longer than most tests do.
"""

from __future__ import annotations

from types import CodeType, MethodType
from typing import Any, ClassVar

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


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
