"""Gatefold: where the parts meet."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app import cli, models, web
from app.extensions import compress, csrf, db, migrate, prepare_engine
from app.log_config import configure_logging
from app.services.vault import Vault
from app.services.workplace import Workplace
from config import Settings, keep_secret


def create_app(settings: Settings) -> Flask:
    """The application, plugged together from checked settings. Starts no thread, reads no row."""
    configure_logging(settings.log_format, settings.log_level)
    app = Flask(__name__, instance_path=str(settings.instance_path), static_folder="static")
    app.config.from_mapping(_flask_config(settings))
    db.init_app(app)
    migrate.init_app(
        app, db, directory="migrations", render_as_batch=True, include_object=models.is_ours
    )
    csrf.init_app(app)
    compress.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    app.extensions["workplace"] = Workplace(
        settings=settings, vault=Vault(keep_secret(settings.instance_path / "vault.key"))
    )
    web.init_app(app, settings)
    cli.init_app(app)
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    key = settings.secret_key.get_secret_value()
    return {
        "SECRET_KEY": key or keep_secret(settings.instance_path / "secret.key"),
        "SQLALCHEMY_DATABASE_URI": settings.sqlalchemy_url,
        # A database error is logged without the values that were to be stored. Of the threads of a
        # run and of the pages each may have a connection, so that none waits for another's.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True, "max_overflow": 30},
        "TRUSTED_HOSTS": list(settings.trusted_hosts),
        "SESSION_COOKIE_NAME": "gatefold_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": 2_000_000,
        "MAX_FORM_MEMORY_SIZE": 2_000_000,
        "MAX_FORM_PARTS": 1_000,
        "SEND_FILE_MAX_AGE_DEFAULT": 3600,
        "COMPRESS_MIMETYPES": ["text/html", "text/css", "text/javascript", "application/json"],
    }
