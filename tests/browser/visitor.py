"""Somebody at a browser, whose console, requests and pages are watched while they work."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response

from tests.browser.accessible import complaints
from tests.stack import Stack

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
SCHEMES = ("light", "dark")


class Visitor:
    """One browser context with one tab. `faults` fill while it is used; a test ends with none."""

    def __init__(self, page: Page, stack: Stack, pictures: Path) -> None:
        self.page = page
        self.stack = stack
        self.pictures = pictures
        self.faults: list[str] = []
        self._allowed: set[int] = set()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    # -- moving about -----------------------------------------------------------------------------

    def go(self, path: str) -> None:
        """Open a page of the portal by its path."""
        self.page.goto(self.stack.url + path)

    @property
    def path(self) -> str:
        """Where the tab is, without the portal's address."""
        return self.page.url.removeprefix(self.stack.url)

    def heading(self) -> Locator:
        """The page's first heading."""
        return self.page.get_by_role("heading", level=1)

    def press(self, name: str) -> None:
        """Click the button of this name in the page's content."""
        self.page.get_by_role("main").get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Click the link of this name in the page's content."""
        self.page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()

    def sign_in(self, email: str, password: str = "") -> None:
        """Fill in the sign-in form; by default with the password that `status` tells."""
        self.go("/accounts/login/")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(password or self.stack.passwords[email])
        self.press("Sign in")
        self.page.wait_for_url(lambda url: "/accounts/" not in url)

    # -- looking ----------------------------------------------------------------------------------

    def look(self, name: str) -> None:
        """Judge the page and keep its pictures: wide and narrow, light and dark."""
        self.faults += [f"{name}: {text}" for text in complaints(self.page)]
        self.page.evaluate("scrollTo(0, 0)")
        for width, size in (("1440", DESK), ("360", PHONE)):
            self.page.set_viewport_size(size)
            overflow = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if overflow > 0:
                self.faults.append(f"{name}: {overflow} px wider than a screen of {width} px")
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme=scheme)
                self.page.screenshot(
                    path=self.pictures / f"{name}-{width}-{scheme}.png",
                    full_page=True,
                    animations="disabled",
                )
        self.page.set_viewport_size(DESK)
        self.page.emulate_media(color_scheme="light")

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Answers with one of these statuses are no fault during the block."""
        self._allowed = set(statuses)
        yield
        self._allowed = set()

    @contextmanager
    def without_reload(self) -> Iterator[None]:
        """Fail where the page was loaded anew during the block."""
        self.page.evaluate("window.sameDocument = true")
        yield
        assert self.page.evaluate("window.sameDocument === true"), "the page was loaded anew"

    # -- watching ---------------------------------------------------------------------------------

    def _said(self, message: ConsoleMessage) -> None:
        expected = any(f"status of {status} " in message.text for status in self._allowed)
        if message.type == "error" and not expected:
            self.faults.append(f"console at {self.path}: {message.text}")

    def _failed(self, request: Request) -> None:
        # Whoever leaves a page aborts what it was still asking for.
        if request.url.startswith(self.stack.url) and request.failure != "net::ERR_ABORTED":
            self.faults.append(f"{request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._allowed:
            self.faults.append(f"{response.request.method} {response.url}: {response.status}")
