from __future__ import annotations

from flask import Blueprint

bp = Blueprint("graph", __name__)
