"""The pages. One folder a page area; they never import each other."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import right_of_way
from app.web import errors, security, template_helpers, typed_slash
from app.web.admin.routes import bp as admin
from app.web.collection.routes import bp as collection
from app.web.converters import IdConverter
from app.web.discover.routes import bp as discover
from app.web.export.routes import bp as export
from app.web.feedback.routes import bp as feedback
from app.web.graph.routes import bp as graph
from app.web.imports.routes import bp as imports
from app.web.machine.routes import bp as machine
from config import Settings

AREAS = (collection, discover, graph, export, admin, imports, feedback, machine)


def init_app(app: Flask, settings: Settings) -> None:
    """Plug the page areas, the error pages and the guards into `app`."""
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops, hops)  # type: ignore[method-assign]
    app.url_map.converters["id"] = IdConverter
    app.before_request(right_of_way.pages.take)
    app.teardown_request(lambda _fault: right_of_way.pages.give_back())
    security.init_app(app, settings)
    errors.init_app(app)
    template_helpers.init_app(app, settings)
    typed_slash.init_app(app)
    for area in AREAS:
        app.register_blueprint(area)
