"""Error pages: what happened, what was kept, and a way out. Our errors become HTTP here only."""

from __future__ import annotations

import errno
import shutil

import structlog
from flask import Flask, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from gunicorn.http.errors import ParseException
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError

from app.errors import (
    ConflictError,
    DiskFullError,
    GatefoldError,
    InvalidInputError,
    NotFoundError,
    ProviderError,
    TooLargeError,
)
from app.extensions import db
from app.services.backups.folder import BackupFailedError
from app.services.checkup import LEAST_BYTES_FREE
from app.standstill import WAIT_SECONDS, BeingRestoredError
from app.web.typed import TypedForm

log = structlog.get_logger(__name__)

STATUS = (
    (NotFoundError, 404),
    (ConflictError, 409),
    (TooLargeError, 413),
    (InvalidInputError, 422),
    (ProviderError, 502),
    (BackupFailedError, 503),
    (DiskFullError, 507),
)
TITLES = {
    400: "That did not arrive in one piece",
    403: "Not from here",
    404: "Not on this shelf",
    405: "That page does not work this way",
    409: "Somebody was quicker",
    413: "That is too big",
    422: "That cannot be used as it is",
    500: "Something broke",
    502: "The other side did not answer",
    503: "The shelf is busy",
    507: "The disk is full",
}
SENTENCES = {
    404: "There is no page or record at this address. It may have been removed.",
    405: "The address exists, but not for this kind of request.",
    500: "This is a fault in Gatefold, not yours. Nothing of what you sent was half-saved.",
}
RESTORE_TITLE = "A backup is being put back"
TOKEN_TITLE = "Your session had ended"
TOKEN_SENTENCE = (
    "The form was too old, or did not come from a page of Gatefold. Nothing was changed. "
    "Go back, load the page anew and send it again."
)
FULL_SENTENCE = (
    "What you sent was not saved, and nothing else was changed. About {} MB are needed to go on: "
    "make room on the disk, then send it again."
)
AGAIN_SENTENCE = (
    "Nothing was changed, and nothing you typed is lost. Look it over and send it again. "
    "(If this page comes back each time, the browser keeps no cookies for Gatefold.)"
)
RACE_SENTENCE = (
    "Something that cannot be there twice was saved at the same moment. Nothing of what you sent "
    "was saved. Go back, load the page anew and see what is there now."
)
# What a refusal must tell machines as well: which methods there are, when to come back.
KEPT_HEADERS = ("Allow", "Retry-After")
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
Page = tuple[str, int] | tuple[str, int, dict[str, str]]


def init_app(app: Flask) -> None:
    """Register one handler a family of errors."""
    app.register_error_handler(SecurityError, _stranger)
    app.register_error_handler(CSRFError, _without_token)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ParseException, _garbled)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(GatefoldError, _own_error)
    app.register_error_handler(IntegrityError, _race)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(OSError, _disk_error)
    app.register_error_handler(500, _bug)


def status_of(error: GatefoldError) -> int:
    """The HTTP status that fits one of our errors."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def _http_error(error: HTTPException) -> Page:
    code = error.code or 500
    custom = error.description != type(error).description
    sentence = SENTENCES.get(code, "") if not custom else ""
    body, code = _page(code, sentence or error.description or "")
    return body, code, {name: text for name, text in error.get_headers() if name in KEPT_HEADERS}


def _too_large(_error: RequestEntityTooLarge) -> Page:
    """It was not read, so there is nothing to give back; but the page it came from has it."""
    most = round((request.max_content_length or 0) / 2**20)
    parts = current_app.config["MAX_FORM_PARTS"]
    return _page(
        413,
        f"What was sent is larger than Gatefold accepts here: {most} MB and {parts:,} fields are "
        "the most. Nothing was changed. Your browser’s Back button leads to the form as you "
        "filled it in.",
    )


def _without_token(error: CSRFError) -> Page:
    log.info("token_refused", reason=error.description)
    typed = TypedForm.of_request()
    if typed is None:
        return _page(400, TOKEN_SENTENCE)
    return _page(400, AGAIN_SENTENCE, typed, TOKEN_TITLE)


def _own_error(error: GatefoldError) -> Page:
    db.session.rollback()
    return _page(status_of(error), str(error), _typed_text())


def _database_error(error: OperationalError) -> Page:
    db.session.rollback()
    if "is full" in str(error.orig) or "No space left" in str(error.orig):
        return _full(str(error.orig))
    if isinstance(error.orig, BeingRestoredError):
        body, code = _page(503, str(error.orig), _typed_text(), RESTORE_TITLE)
        return body, code, {"Retry-After": str(WAIT_SECONDS)}
    log.warning("database_unavailable", reason=str(error.orig))
    sentence = "The database is busy or out of reach. Wait a few seconds and try again."
    body, code = _page(503, sentence, _typed_text())
    return body, code, {"Retry-After": "5"}


def _disk_error(error: OSError) -> Page:
    """A file that could not be written for want of room; all other faults are ours."""
    if error.errno not in NO_ROOM:
        raise error
    db.session.rollback()
    return _full(str(error))


def _full(reason: str) -> Page:
    log.warning("disk_full", reason=reason)
    missing = LEAST_BYTES_FREE - _free_bytes()
    sentence = FULL_SENTENCE.format(max(1, round(missing / 1e6)))
    return _page(507, sentence, _typed_text())


def _free_bytes() -> int:
    try:
        return shutil.disk_usage(current_app.instance_path).free
    except OSError:
        return 0


def _race(error: IntegrityError) -> Page:
    """Two saves at once passed the same checks, and the database took only the first of them."""
    db.session.rollback()
    # The lines after the first are PostgreSQL's, and hold what was to be stored.
    log.warning("save_refused", reason=str(error.orig).partition("\n")[0])
    return _page(409, RACE_SENTENCE, _typed_text())


def _bug(_error: Exception) -> Page:
    """Flask has logged the traceback already, with the id that the page shows."""
    db.session.rollback()
    return _page(500, SENTENCES[500], _typed_text())


def _stranger(error: SecurityError) -> Page:
    """Asked under a name that is not ours: no address of a page can be made for that name."""
    return "Gatefold does not answer to this host name; see TRUSTED_HOSTS.\n", 400


def _garbled(_error: ParseException) -> Page:
    """A body whose chunks make no sense, which gunicorn notices only while it is read."""
    return _page(400, "The request broke off or was garbled on its way. Nothing was changed.")


def _unstorable(_error: DataError) -> Page:
    """PostgreSQL refuses what SQLite would keep: NUL characters, texts beyond all measure."""
    db.session.rollback()
    sentence = "It holds characters that cannot be stored. Nothing was changed."
    return _page(422, sentence, _typed_text())


def _typed_text() -> TypedForm | None:
    """The form if there is something in it that somebody typed: numbers alone came from us."""
    typed = TypedForm.of_request() if g.get("csrf_valid") else None
    return typed if typed and typed.has_words else None


def _page(
    code: int, sentence: str, typed: TypedForm | None = None, title: str = ""
) -> tuple[str, int]:
    page = render_template(
        "error.html",
        code=code,
        title=title or TITLES.get(code, "That did not work"),
        sentence=sentence,
        typed=typed,
        request_id=request.environ.get("gatefold.request_id", ""),
    )
    return page, code
