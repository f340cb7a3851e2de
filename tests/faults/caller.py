"""Somebody at the portal by HTTP: its pages with a session, its API with a token."""

import html
import http.client
import http.cookiejar
import itertools
import json
import os
import re
import socket
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from tests.polling import eventually

ANSWER_WITHIN = 30.0  # seconds; no request of a healthy or hurt portal may take longer
SETTLED_WITHIN = 60.0  # seconds; a lease and a sweep, on a busy machine
NUMBERS = itertools.count()
SETTLED = ("done", "superseded")


@dataclass(frozen=True)
class Answer:
    """Status, headers and text of an answer."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def json(self) -> Any:
        """The body of an answer of the API."""
        return json.loads(self.text)

    @property
    def words(self) -> str:
        """A page as it reads: without markup."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.text)).split())


class Caller:
    """A person who has signed in, or a program with a token of `slug`'s."""

    def __init__(self, url: str, slug: str = "", token: str = "") -> None:
        self.url = url
        self.slug = slug
        self._token = token
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def sign_in(self, email: str, password: str) -> None:
        """By the form."""
        self.get("/accounts/login/")
        form = {"login": email, "password": password, "csrfmiddlewaretoken": self._csrf()}
        answer = self._ask("POST", "/accounts/login/", urllib.parse.urlencode(form).encode(), {})
        assert answer.status == 200, answer.text
        assert any(cookie.name == "session" for cookie in self._jar), answer.words

    def program(self, name: str) -> "Caller":
        """A program of this customer, with a new token."""
        body = {"name": name, "role": "network"}
        made = self.post("tokens", body)
        assert made.status == 201, made.text
        return Caller(self.url, self.slug, made.json["secret"])

    def get(self, path: str) -> Answer:
        """A page or a thing by its whole path."""
        return self._ask("GET", path, None, {})

    def open(self, path: str) -> http.client.HTTPResponse:
        """An answer that goes on, such as a stream of events; to be closed by `hang_up`."""
        answer = self._opener.open(self.url + path, timeout=ANSWER_WITHIN)
        assert answer.status == 200, answer.status
        return cast(http.client.HTTPResponse, answer)

    def hang_up(self, answer: http.client.HTTPResponse) -> None:
        """End a stream, also while another thread reads it."""
        with suppress(OSError):
            socket.socket(fileno=os.dup(answer.fileno())).shutdown(socket.SHUT_RDWR)

    def post(self, noun: str, body: Any, key: str = "") -> Answer:
        """Ask the API for a new `noun` of the customer; raises OSError where nobody answers."""
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        return self._ask("POST", self._api(noun), json.dumps(body).encode(), headers)

    def delete(self, noun: str) -> Answer:
        """Ask the API to remove something."""
        return self._ask("DELETE", self._api(noun), None, {})

    def new_network(self, name: str) -> dict[str, str]:
        """What to ask for: a network in the lab's region, of addresses that no other test has."""
        region = self.get(self._api("regions")).json[0]["code"]
        return {"name": name, "region": str(region), "ipv4_prefix": next_prefix()}

    def add_network(self, name: str) -> str:
        """Ask for a network; the id of its change."""
        answer = self.post("networks", self.new_network(name))
        assert answer.status == 202, answer.text
        return str(answer.json["id"])

    def remove_networks(self, prefix: str) -> None:
        """Ask for the end of all networks whose names begin so."""
        path = self._api("networks?page_size=200")
        for row in self.get(path).json["results"]:
            if row["name"].startswith(prefix) and not row.get("retiring_at"):
                answer = self.delete(f"networks/{row['id']}")
                assert answer.status == 202, answer.text

    def change(self, change_id: str) -> dict[str, Any]:
        """A change as the API tells it."""
        answer = self.get(self._api(f"changes/{change_id}"))
        assert answer.status == 200, answer.text
        return dict(answer.json)

    def page_of(self, change_id: str) -> str:
        """What a change's page says, as it reads."""
        answer = self.get(self._page(change_id))
        assert answer.status == 200, answer.text
        return answer.words

    def wait_until_read(self, path: str, *words: str, within: float = SETTLED_WITHIN) -> str:
        """Until a page says all of `words`; what it says."""
        said = [""]

        def read() -> bool:
            answer = self.get(path)
            assert answer.status == 200, answer.text
            said[0] = answer.words
            return all(word in said[0] for word in words)

        try:
            eventually(read, within=within)
        except AssertionError:
            raise AssertionError(f"{path} does not say {words} but: {said[0]}") from None
        return said[0]

    def wait_until_done(self, change_id: str, within: float = SETTLED_WITHIN) -> float:
        """Until the change is done or superseded; after how many seconds."""
        return eventually(lambda: self.change(change_id)["state"] in SETTLED, within=within)

    def wait_until_told(self, change_id: str, *words: str, within: float = SETTLED_WITHIN) -> str:
        """Until the change's page says all of `words`; what it says."""
        return self.wait_until_read(self._page(change_id), *words, within=within)

    def _page(self, change_id: str) -> str:
        return f"/t/{self.slug}/changes/{change_id}/"

    def _api(self, what: str) -> str:
        return f"/api/v1/tenants/{self.slug}/{what}"

    def _csrf(self) -> str:
        found = (cookie.value for cookie in self._jar if cookie.name == "csrf")
        return str(next(found, ""))

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        if self._token:
            headers = headers | {"Authorization": f"Bearer {self._token}"}
        elif token := self._csrf():
            headers = headers | {"X-CSRFToken": token}
        request = urllib.request.Request(self.url + path, data=body, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=ANSWER_WITHIN) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read().decode())


def next_prefix() -> str:
    """Addresses that the demo's customers may use and that no other test has."""
    number = next(NUMBERS)
    return f"10.1.{64 + number // 4}.{64 * (number % 4)}/26"
