"""With whose eyes Discogs is looked at, and what a person can do when Discogs refuses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.clients.errors import Provider

DISCOGS = Provider(
    "discogs",
    "Discogs",
    credential_advice=(
        "Discogs does not accept this token. Make a new one at "
        "https://www.discogs.com/settings/developers and connect with it on the import page."
    ),
    private_advice=(
        "Discogs shows this only to its owner. Connect with the owner's token, or make the "
        "collection public at https://www.discogs.com/settings/privacy."
    ),
)


@dataclass(frozen=True)
class DiscogsCredential:
    """Whose eyes we look with: OAuth if complete, else the token, else consumer key, else nobody's.

    `username` is whose collection is meant; with OAuth or a token, whom they belong to.
    """

    username: str = ""
    token: str = field(default="", repr=False)
    oauth_token: str = field(default="", repr=False)
    oauth_secret: str = field(default="", repr=False)
    consumer_key: str = field(default="", repr=False)
    consumer_secret: str = field(default="", repr=False)

    @property
    def is_oauth(self) -> bool:
        """Whether calls are signed for a person who authorised us."""
        return bool(self.oauth_token and self.oauth_secret and self.is_application)

    @property
    def is_application(self) -> bool:
        """Whether there is a consumer key: the higher rate and pictures, but no person."""
        return bool(self.consumer_key and self.consumer_secret)

    @property
    def is_personal(self) -> bool:
        """Whether Discogs knows a person behind the calls."""
        return self.is_oauth or bool(self.token)


def provider_for(credential: DiscogsCredential) -> Provider:
    """Discogs, with the advice that fits this credential when it is refused."""
    if credential.is_oauth:
        advice = "Discogs no longer accepts this connection. Please connect again."
    elif credential.token:
        return DISCOGS
    elif credential.is_application:
        advice = "Discogs does not accept the consumer key and secret. Check them in the settings."
    else:
        advice = "Discogs shows this only to people it knows. Connect with a token or sign in."
    return replace(DISCOGS, credential_advice=advice)
