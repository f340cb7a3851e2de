"""A small NetBox over HTTP: lists with filters and pages, bulk writes, tags, references, and the
refusals that matter. As NetBox 4 answers, for the few fields that are used."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "0123456789abcdef0123456789abcdef01234567"
PAGE = 2  # objects a page, whatever is asked for
TAGS, TENANTS = "extras/tags", "tenancy/tenants"
VRFS, PREFIXES = "ipam/vrfs", "ipam/prefixes"
# What an object may not share with another of its kind.
UNIQUE = {
    TAGS: [("slug",), ("name",)],
    TENANTS: [("slug",), ("name",)],
    VRFS: [],
    PREFIXES: [("vrf", "prefix")],
}
REFERENCES = {"tenant": TENANTS, "vrf": VRFS}

Row = dict[str, Any]


class Refused(Exception):
    """What a request is answered with instead."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(body)
        self.status = status
        self.body = body


class StandIn:
    """Its objects by kind and id, and the writes that it was sent, as method and path."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[int, Row]] = {kind: {} for kind in UNIQUE}
        self.writes: list[tuple[str, str]] = []
        self.url = ""
        self._last = 0

    def add(self, kind: str, **fields: Any) -> int:
        """An object as somebody makes it by hand; its id."""
        self._last += 1
        row = {"id": self._last, "description": "", "tags": []} | fields
        for unique in UNIQUE[kind]:
            mine = [row.get(name) for name in unique]
            if any([other.get(n) for n in unique] == mine for other in self.rows[kind].values()):
                raise Refused(400, {unique[-1]: [f"{kind} with this {unique[-1]} already exists."]})
        self.rows[kind][self._last] = row
        return self._last

    def answer(self, method: str, kind: str, query: Row, body: Any) -> tuple[int, Any]:
        if kind not in self.rows:
            raise Refused(404, {"detail": "Not found."})
        if method == "GET":
            return 200, self._listed(kind, query)
        self.writes.append((method, kind))
        many = body if isinstance(body, list) else [body]
        if method == "POST":
            made = [self._shown(kind, self.add(kind, **fields)) for fields in many]
            return 201, made if isinstance(body, list) else made[0]
        if method == "PATCH":
            for fields in many:
                self.rows[kind][fields["id"]] |= fields
            return 200, [self._shown(kind, fields["id"]) for fields in many]
        for fields in many:
            self._delete(kind, fields["id"])
        return 204, None

    def _delete(self, kind: str, pk: int) -> None:
        users = [
            row["id"]
            for rows in self.rows.values()
            for row in rows.values()
            if any(to == kind and row.get(name) == pk for name, to in REFERENCES.items())
        ]
        if users:
            raise Refused(409, {"detail": f"Unable to delete object. {len(users)} dependents."})
        del self.rows[kind][pk]

    def _listed(self, kind: str, query: Row) -> Row:
        found = list(self.rows[kind].values())
        if slug := query.pop("tag", None):
            tag = next((t["id"] for t in self.rows[TAGS].values() if t["slug"] == slug), None)
            if tag is None:
                raise Refused(400, {"tag": [f"{slug} is not one of the available choices."]})
            found = [row for row in found if tag in row["tags"]]
        offset, _ = int(query.pop("offset", 0)), query.pop("limit", None)
        found = [r for r in found if all(str(r.get(name)) == v for name, v in query.items())]
        page = found[offset : offset + PAGE]
        more = f"{self.url}/api/{kind}/?tag={slug}&limit={PAGE}&offset={offset + PAGE}"
        return {
            "count": len(found),
            "next": more if offset + PAGE < len(found) else None,
            "previous": None,
            "results": [self._shown(kind, row["id"]) for row in page],
        }

    def _shown(self, kind: str, pk: int) -> Row:
        """With references as objects, as NetBox shows them."""
        shown = dict(self.rows[kind][pk]) | {"url": f"{self.url}/api/{kind}/{pk}/"}
        for name, to in REFERENCES.items():
            if shown.get(name):
                shown[name] = self._shown(to, shown[name])
        return shown


@contextmanager
def serving() -> Iterator[StandIn]:
    """On a port of the loopback address, for the block."""
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kind = parts.path.removeprefix("/api/").strip("/")
            try:
                if self.headers["Authorization"] != f"Token {TOKEN}":
                    raise Refused(403, {"detail": "Invalid token"})
                status, body = stand_in.answer(
                    self.command, kind, query, json.loads(data) if data else None
                )
            except Refused as refused:
                status, body = refused.status, refused.body
            text = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_DELETE = _any

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        stand_in.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield stand_in
        finally:
            server.shutdown()
            thread.join(timeout=5)
