"""What the failures page may say itself, beside the sentences of the providers."""

from __future__ import annotations

NEVER = "You said never."
