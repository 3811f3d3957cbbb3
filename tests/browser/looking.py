"""What every page owes everybody: no axe violation by day or night, nothing to scroll sideways."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
# With any time at all a colour would take several frames to reach the innermost elements.
AT_ONCE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, *::before, *::after { transition: none !important }");
    document.adoptedStyleSheets.push(sheet);
}"""


def violations(page: Page) -> str:
    """What axe finds in the page by day, and by night where only the colours differ; "" if nothing.

    Leaves the page as it is at night.
    """
    page.evaluate(AXE.axe_script)
    found = [_report(page, "by day")]
    page.evaluate(AT_ONCE)
    page.emulate_media(color_scheme="dark")
    found.append(_report(page, "by night", runOnly=["color-contrast"]))
    return "\n".join(filter(None, found))


def _report(page: Page, when: str, **options: Any) -> str:
    asked = {"resultTypes": ["violations"], **options}
    results = AxeResults(page.evaluate("options => axe.run(options)", asked))
    return f"{when}: {results.generate_report()}" if results.violations_count else ""


def wider_than(page: Page, width: int) -> int:
    """By how many pixels the page is wider than the window; 0 if it fits."""
    whole: int = page.evaluate("document.documentElement.scrollWidth")
    return max(whole - width, 0)
