"""Connecting with Discogs: by user name, by token, by OAuth."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.errors import GatefoldError
from app.extensions import db, set_reading
from app.services import accounts
from app.services.accounts import Connected, SignInError
from app.web.auth import owner_id
from app.web.errors import status_of
from app.web.imports.page import or_the_page_again, workplace

AWAITED = "discogs_sign_in"


def register(bp: Blueprint) -> None:
    """Add these addresses to the import area's."""
    bp.post("/import/connect/username")(by_username)
    bp.post("/import/connect/token")(by_token)
    bp.post("/import/connect/oauth")(by_oauth)
    bp.get("/import/connect/<any(username, token, oauth):_way>")(after_refused_connection)
    bp.get("/import/oauth/callback")(oauth_callback)
    bp.post("/import/disconnect")(disconnect)


def by_username() -> ResponseReturnValue:
    """Look at a public collection."""
    username = request.form.get("username", "")

    def connect() -> ResponseReturnValue:
        return _welcome(accounts.connect_username(workplace(), owner_id(), username))

    return or_the_page_again(connect, "username", {"username": username})


def by_token() -> ResponseReturnValue:
    """Connect with a personal token, which is tried first and never shown again."""
    token = request.form.get("token", "")

    def connect() -> ResponseReturnValue:
        return _welcome(accounts.connect_token(workplace(), owner_id(), token))

    return or_the_page_again(connect, "token")


def by_oauth() -> ResponseReturnValue:
    """Send the person to Discogs to say yes or no."""
    key, secret = request.form.get("consumer_key", ""), request.form.get("consumer_secret", "")

    def begin() -> ResponseReturnValue:
        callback = url_for("imports.oauth_callback", _external=True)
        begun = accounts.start_sign_in(workplace(), owner_id(), callback, key, secret)
        session[AWAITED] = begun.token
        return redirect(begun.authorize_url)

    return or_the_page_again(begin, "consumer_key", {"consumer_key": key})


def oauth_callback() -> ResponseReturnValue:
    """The way back from Discogs. It is a GET that writes: Discogs knows no other way."""
    set_reading(False)
    awaited = session.get(AWAITED, "")
    try:
        if "denied" in request.args:
            return _declined(awaited, request.args["denied"])
        token, verifier = _answer()
        connected = accounts.finish_sign_in(workplace(), owner_id(), awaited, token, verifier)
    except GatefoldError as error:
        db.session.rollback()
        page = render_template(
            "imports/sign_in_failed.html",
            sentence=str(error),
            has_app_keys=accounts.has_app_keys(workplace()),
        )
        return page, status_of(error)
    session.pop(AWAITED, None)
    return _welcome(connected)


def _answer() -> tuple[str, str]:
    token = request.args.get("oauth_token", "")
    if not token:
        raise SignInError("Discogs sent you back without an answer. Nothing was connected.")
    return token, request.args.get("oauth_verifier", "")


def _declined(awaited: str, token: str) -> ResponseReturnValue:
    if token == awaited:
        accounts.drop_sign_in(owner_id(), awaited)
        session.pop(AWAITED, None)
    raise SignInError("You said no at Discogs, so nothing was connected.")


def after_refused_connection(_way: str) -> ResponseReturnValue:
    """The address a refused form went to, loaded again: the page, and nothing is sent anew."""
    return redirect("/import")


def disconnect() -> ResponseReturnValue:
    """Erase the connection; the records stay."""
    accounts.disconnect(owner_id())
    if accounts.connected(workplace(), owner_id()):
        flash("The connection in the settings remains; take it out of there to end it.", "warn")
    else:
        flash("Disconnected, and your token erased. Your records stay.", "good")
    return redirect("/import")


def _welcome(connected: Connected) -> ResponseReturnValue:
    flash(f"Connected with Discogs as {connected.username}.", "good")
    return redirect("/import")
