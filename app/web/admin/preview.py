"""The preview of the site, kept apart from Gatefold although it comes from the same address.

The pages are made of what strangers wrote. They are escaped, and still are not trusted: with the
directive `sandbox` and without `allow-same-origin`, a browser gives each an origin of its own that
is nobody's. Should a script of a stranger ever run there, it can read no page of Gatefold, sends no
cookie along, and reaches nothing but the preview. The theme's own script, the search included,
needs no more than that.

Such a page cannot prove who it is to Gatefold either; so its style, script and pictures are found
under a name that cannot be guessed, and only this page tells it.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, request, send_file
from flask.typing import ResponseReturnValue

from app.errors import NotFoundError
from app.services.publishing import site_job
from app.services.publishing.preview import ADDRESS, PreviewFolder
from app.web import security

KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".xml": "application/xml",
    ".txt": "text/plain",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    bp.add_url_rule(f"{ADDRESS}/", "preview", enter)
    bp.add_url_rule(f"{ADDRESS}/<token>/", "preview_home", show, defaults={"path": ""})
    bp.add_url_rule(f"{ADDRESS}/<token>/<path:path>", "preview_page", show)


def enter() -> ResponseReturnValue:
    """The way in: to the newest preview. Only a whole page may ask, not a part of another one."""
    preview = _folder().find()
    if preview is None or request.headers.get("Sec-Fetch-Dest", "document") != "document":
        raise NotFoundError("There is no preview yet. Make one under Admin, Publish.")
    return redirect(f"{ADDRESS}/{preview.token}/")


def show(token: str, path: str) -> ResponseReturnValue:
    """A file of the preview."""
    status = 200
    try:
        found = _folder().file(token, path)
        if found.is_dir():
            if path and not path.endswith("/"):
                return redirect(f"{ADDRESS}/{token}/{path}/")
            found = _folder().file(token, f"{path}index.html")
    except NotFoundError:
        found, status = _folder().file(token, "404.html"), 404
    kind = KINDS.get(found.suffix.lower(), "application/octet-stream")
    response = send_file(found, mimetype=kind)
    response.status_code = status
    _set_apart(response, f"{request.host_url}{ADDRESS.lstrip('/')}/{token}/")
    return response


def _set_apart(response: Response, base: str) -> None:
    """`base`: below this address is all that the page may reach."""
    reached = ("script-src", "style-src", "img-src", "connect-src", "form-action")
    security.set_apart(
        "sandbox allow-scripts allow-forms; default-src 'none'; "
        + "; ".join(f"{each} {base}" for each in reached)
        + "; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "private, no-cache"


def _folder() -> PreviewFolder:
    return site_job.previews(current_app.extensions["workplace"])
