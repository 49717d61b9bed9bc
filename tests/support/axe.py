"""What axe-core says of a page, by the rules of WCAG 2.0 to 2.2 AA and best practice."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[Any]:
    """The rules that are broken, by whom and how; the page's context must bypass the policy."""
    found = Axe().run(page, options={"runOnly": _RULES, "resultTypes": ["violations"]})
    return [
        (one["id"], [(node["target"], node["failureSummary"]) for node in one["nodes"]])
        for one in found.response["violations"]
    ]
