"""The product as a person has it: started by its own command, and asked over HTTP."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode, urlsplit

from cli.layout import default_layout
from cli.packages import why_no_lab
from cli.progress import Progress

CHECKOUT = Path(__file__).resolve().parent.parent
# It has servers of its own, whatever those of the benchmark are.
NOT_ITS_OWN = {"DATABASE_URL", "DATABASE_ADMIN_URL", "REDIS_URL"}
COMMAND_WITHIN = 180.0  # seconds
ANSWER_WITHIN = 30.0  # seconds
DONE_WITHIN = 60.0  # seconds
INTERVAL = 0.02  # seconds between two looks at a change


@dataclass
class Browser:
    """Somebody who is signed in: one connection, which stays open, and the cookies."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    etag: str = ""
    """Of what was read last."""

    def __post_init__(self) -> None:
        host = urlsplit(self.url)
        assert host.hostname is not None
        self._connection = HTTPConnection(host.hostname, host.port, timeout=ANSWER_WITHIN)

    def sign_in(self, email: str, password: str) -> None:
        """By the form. Raises AssertionError when it does not let them in."""
        self.ask("GET", "/accounts/login/")
        form = {"login": email, "password": password, "csrfmiddlewaretoken": self.cookies["csrf"]}
        kind = "application/x-www-form-urlencoded"
        self.ask("POST", "/accounts/login/", urlencode(form).encode(), kind)
        assert "session" in self.cookies, email

    def get(self, path: str) -> bytes:
        """A page. Raises AssertionError when there is none."""
        return self.ask("GET", path)

    def read(self, path: str) -> Any:
        """What the API says of something."""
        return json.loads(self.get(path))

    def send(self, method: str, path: str, body: object) -> Any:
        """Have the API do something; its answer. An edit is one of what was read last. Raises
        AssertionError when it is refused."""
        return json.loads(self.ask(method, path, json.dumps(body).encode(), "application/json"))

    def wait_until_done(self, slug: str, change: str) -> None:
        """Until hosts and sites have the customer's change. Raises TimeoutError."""
        path = f"/api/v1/tenants/{slug}/changes/{change}"
        deadline = monotonic() + DONE_WITHIN
        while self.read(path)["state"] != "done":
            if monotonic() > deadline:
                raise TimeoutError(f"the change is not done within {DONE_WITHIN:g} s")
            sleep(INTERVAL)

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> bytes:
        """One request; the body of the answer. Raises AssertionError above status 399."""
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.cookies.get("csrf", "")}
        if kind:
            headers["Content-Type"] = kind
        if method in ("PATCH", "DELETE"):
            headers["If-Match"] = self.etag
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        self.etag = answer.headers.get("ETag", "")
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        assert answer.status < 400, (method, path, answer.status, text[:500])
        return text

    @property
    def cookie(self) -> str:
        """The header by which the portal knows them."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


@dataclass(frozen=True)
class Product:
    """One state folder, and the product that is started and stopped in it."""

    environment: dict[str, str]

    def up(self, fabric: str) -> None:
        """Start it. Raises RuntimeError with what it says when it does not start."""
        port = str(_free_port())
        done = self.demarc("up", "--detach", "--no-install", "--fabric", fabric, "--port", port)
        if done.returncode:
            raise RuntimeError(done.stderr.strip() or done.stdout.strip())

    def down(self) -> None:
        """Stop it, and the lab with it."""
        self.demarc("down")

    def demarc(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `./demarc` against this state."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_WITHIN,
        )

    def command(self, *arguments: str) -> list[str]:
        """What runs `./demarc`."""
        return [sys.executable, str(CHECKOUT / "demarc"), *arguments]

    def status(self) -> dict[str, Any]:
        """What `./demarc status` says."""
        facts: dict[str, Any] = json.loads(self.demarc("status", "--json").stdout)
        return facts

    def browser(self, email: str) -> Browser:
        """One of the demo's people, signed in."""
        facts = self.status()
        passwords = {one["email"]: one["password"] for one in facts["sign_ins"]}
        browser = Browser(facts["url"])
        browser.sign_in(email, passwords[email])
        return browser


@contextmanager
def nothing_yet() -> Iterator[Product]:
    """A product without a state; what of it is left at the end is stopped and removed."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_ITS_OWN}
    # The account of the embedded servers must be able to pass the folder.
    with tempfile.TemporaryDirectory(prefix="demarc-bench-", dir="/var/tmp") as folder:
        state = Path(folder) / "state"
        Path(folder).chmod(0o711)
        lab = f"b{os.getpid()}"
        own = {"DEMARC_STATE": str(state), "DEMARC_LAB": lab}
        # One person opens all the streams of a row.
        product = Product(kept | own | {"DEMARC_STREAMS": "0"})
        try:
            yield product
        finally:
            product.down()


@contextmanager
def running(fabric: str) -> Iterator[Product]:
    """A product that serves. Raises RuntimeError."""
    with nothing_yet() as product:
        product.up(fabric)
        yield product


def has_lab(row: str) -> bool:
    """Whether the lab runs on this machine; a row that must do without says so."""
    reason = why_no_lab(default_layout(), Progress(), may_install=False)
    if reason is not None:
        print(f"{row}: without the lab: {reason}", file=sys.stderr)
    return reason is None


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
