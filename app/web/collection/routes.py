from __future__ import annotations

from flask import Blueprint

bp = Blueprint("collection", __name__)
