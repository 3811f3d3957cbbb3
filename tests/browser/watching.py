"""What goes wrong behind a page's back: errors of script, of the content policy, of our answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

# The browser itself ends requests when a page is left or an answer becomes a download.
LEFT_BEHIND = "net::ERR_ABORTED"


@dataclass
class Watch:
    """Collects what went wrong below `url`, except what a test said it provokes."""

    url: str
    seen: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, text: str) -> None:
        """A trouble that holds `text` is what the test is about."""
        self.expected.append(text)

    @property
    def troubles(self) -> list[str]:
        """What nobody expected."""
        return [
            trouble for trouble in self.seen if not any(text in trouble for text in self.expected)
        ]

    def over(self, context: BrowserContext) -> None:
        """Listen to every page of `context`."""
        context.on("console", self._console)
        context.on("weberror", self._page_error)
        context.on("response", self._response)
        context.on("requestfailed", self._request_failed)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium says on the console, too, when a page breaks its content policy.
        place = message.location.get("url", "")
        if message.type in ("error", "warning") and (not place or place.startswith(self.url)):
            self.seen.append(f"console: {message.text} ({place})")

    def _page_error(self, error: WebError) -> None:
        self.seen.append(f"script: {error.error}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.url.startswith(self.url):
            self.seen.append(f"{response.status} {response.request.method} {response.url}")

    def _request_failed(self, request: Request) -> None:
        if request.failure != LEFT_BEHIND and request.url.startswith(self.url):
            self.seen.append(f"{request.failure} {request.method} {request.url}")
