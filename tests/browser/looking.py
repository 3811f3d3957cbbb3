"""What every page owes everybody: no axe violation by day or night, nothing to scroll sideways."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
CONTRAST: dict[str, Any] = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}


def violations(page: Page) -> str:
    """What axe finds in the page by day, and by night where only the colours differ; "" if nothing.

    Leaves the page in the light.
    """
    found = [_report(page, "light", {"resultTypes": ["violations"]})]
    found.append(_report(page, "dark", CONTRAST))
    page.emulate_media(color_scheme="light")
    return "\n".join(filter(None, found))


SETTLED = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await Promise.all(document.getAnimations().map((animation) => animation.finished));
}"""


def _report(page: Page, scheme: Any, options: dict[str, Any]) -> str:
    page.emulate_media(color_scheme=scheme)
    page.evaluate(SETTLED)  # colours may be on their way from one scheme to the other
    results = AXE.run(page, options=options)
    return f"{scheme}: {results.generate_report()}" if results.violations_count else ""


def wider_than(page: Page, width: int) -> int:
    """By how many pixels the page is wider than the window; 0 if it fits."""
    whole: int = page.evaluate("document.documentElement.scrollWidth")
    return max(whole - width, 0)
