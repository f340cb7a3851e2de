"""One stack and one browser for all tests here, and a visitor for each test."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, StorageState, expect, sync_playwright

from lab.install import can_run
from tests.browser.visitor import DESK, Visitor
from tests.stack import CHECKOUT, Stack, running, started

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
ACTION_WITHIN = 10_000  # milliseconds for a click, a page or an expectation

MakeVisitor = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The product on a lab of its own. `DEMARC_BROWSER_STATE` names the state folder of one that
    already runs (with `DEMARC_LAB`), for those who write tests."""
    able, reason = can_run()
    if able and not CHROMIUM.exists():
        able, reason = False, f"there is no {CHROMIUM}"
    if not able and os.environ.get("CI"):
        pytest.fail(reason)
    if not able:
        pytest.skip(reason)
    if state := os.environ.get("DEMARC_BROWSER_STATE"):
        yield running(dict(os.environ) | {"DEMARC_STATE": state})
        return
    with started() as stack:
        yield stack


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    expect.set_options(timeout=ACTION_WITHIN)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where pictures go; emptied at the start."""
    folder = CHECKOUT / "artefacts" / "browser"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="session")
def sessions() -> dict[str, StorageState]:
    """Sessions by e-mail: everybody signs in once."""
    return {}


@pytest.fixture
def visit(
    stack: Stack,
    browser: Browser,
    artefacts: Path,
    sessions: dict[str, StorageState],
    request: pytest.FixtureRequest,
) -> Iterator[MakeVisitor]:
    """Make visitors: `visit("admin@acme.example")`, or `visit()` for one who has not signed in.

    A test whose visitors saw an error, a failed request or a faulty page fails at its end.
    """
    visitors: list[Visitor] = []

    def make(email: str = "", *, scripts: bool = True) -> Visitor:
        context = browser.new_context(
            viewport=DESK, java_script_enabled=scripts, storage_state=sessions.get(email)
        )
        context.set_default_timeout(ACTION_WITHIN)
        visitor = Visitor(context.new_page(), stack, artefacts)
        visitors.append(visitor)
        if email and email not in sessions:
            visitor.sign_in(email)
            sessions[email] = context.storage_state()
        return visitor

    yield make
    for number, visitor in enumerate(visitors):
        last = artefacts / f"last-{request.node.name}-{number}.png"
        visitor.page.screenshot(path=last, animations="disabled")
        visitor.page.context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []
