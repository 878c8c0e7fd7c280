"""A headless Chromium, and pages of the reports' samples opened in it from a file."""

from __future__ import annotations

import os
import shutil
from functools import cache
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from grader.report import WRITERS
from tests.report.samples import FOR_STUDENTS, SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def executable(environ: Mapping[str, str]) -> str:
    """Path of a Chromium. Without one the tests are skipped, but on CI they fail: there it must be installed."""
    found = next((path for name in NAMES if (path := shutil.which(name, path=environ.get("PATH", "")))), None)
    if found is not None:
        return found
    reason = f"no browser found: install Debian's package chromium (looked for {', '.join(NAMES)})"
    if environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = executable(os.environ)
    from playwright.sync_api import sync_playwright

    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=[*ARGUMENTS, *(["--no-sandbox"] if as_root else [])]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The HTML report of each sample, as its student sees it; of one also as the staff does, or in practice."""
    folder = tmp_path_factory.mktemp("pages")
    mixed = FOR_STUDENTS["mixed"]
    maybe = tuple(replace(each, possible=10.0) for each in mixed.exercises)
    practice = replace(mixed, practice=True, possible=20.0, exercises=maybe)
    shown = {**FOR_STUDENTS, "hidden_fails_staff": SAMPLES["hidden_fails"], "practice": practice}
    paths = {}
    for name, report in shown.items():
        paths[name] = folder / f"{name}.html"
        paths[name].write_text(WRITERS["html"](report), encoding="utf-8")
    return paths


@pytest.fixture
def open_page(chromium: Browser, pages: dict[str, Path]) -> Iterator[Callable[..., Page]]:
    """``open_page(name, width=…, scheme=…)``; what it asks for and says is kept in ``page.asked`` and ``page.said``.

    More is for the context that it is opened in.
    """
    contexts = []

    def open_sample(name: str, *, width: int = 1100, scheme: str = "light", **more: object) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, **more)
        contexts.append(context)
        return opened(context, pages[name])

    yield open_sample
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def look_at(chromium: Browser, pages: dict[str, Path]) -> Iterator[Callable[..., Page]]:
    """``look_at(name, width=…, scheme=…)``: the page with all folds open, opened once for all that only look."""
    context = chromium.new_context()
    looked_at: dict[str, Page] = {}

    def look(name: str, *, width: int = 1100, scheme: str = "light") -> Page:
        if name not in looked_at:
            looked_at[name] = opened(context, pages[name])
            open_all_details(looked_at[name])
        page = looked_at[name]
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        return page

    yield look
    context.close()


def opened(context: BrowserContext, path: Path) -> Page:
    """A page with lists of what it asked for and said."""
    page = context.new_page()
    page.asked, page.said = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("dialog", lambda dialog: (page.said.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(path.as_uri())
    return page


def open_all_details(page: Page) -> None:
    """Open all that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")


def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds that is serious: by all of its rules, or by these."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    run = "options => axe.run(options).then(found => found.violations)"  # what passes is long, and nobody reads it
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in page.evaluate(run, {"resultTypes": ["violations"], **only})
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@cache
def _axe() -> str:
    from axe_playwright_python.sync_playwright import Axe

    return Axe().axe_script
