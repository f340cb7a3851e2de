"""Reading the role matrix and the URL resolver."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.views.generic.edit import ProcessFormView

from tests.access.objects import OBJECTS
from tests.access.role_matrix import COLUMNS, TABLES
from tests.world import World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# The gate opened, and what was sent (nothing) is not acceptable.
BAD_INPUT = {400, 409, 412, 422}


@dataclass(frozen=True)
class Row:
    """A line of the matrix."""

    route: str
    method: str
    cells: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


def rows() -> list[Row]:
    """Every line of the tables."""
    lines = [line.split() for table in TABLES for line in table.splitlines()]
    found = []
    for line in lines:
        if line and not line[0].startswith("#"):
            route, method, *cells = line
            found.append(Row(route, method, dict(zip(COLUMNS, cells, strict=True))))
    return found


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every address of the resolver with its full name."""
    yield from _walk(get_resolver().url_patterns, "")


def methods(pattern: URLPattern) -> list[str]:
    """What the view behind an address answers to."""
    view: Any = pattern.callback
    if actions := getattr(view, "actions", None):
        return [name.upper() for name in actions if name.upper() in METHODS]
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if cls is None:
        return list(METHODS)
    # Django's form views answer a PUT as if it were a POST.
    alias = {"PUT"} if getattr(cls, "put", None) is ProcessFormView.put else set()
    return [
        m
        for m in METHODS
        if m.lower() in cls.http_method_names and hasattr(cls, m.lower()) and m not in alias
    ]


def parts(route: str) -> list[str]:
    """The names of the parts of a route's address that vary."""
    pattern = dict(routes())[route]
    names = get_resolver()
    for namespace in route.split(":")[:-1]:
        names = names.namespace_dict[namespace][1]
    possibilities = names.reverse_dict.getlist(pattern.name)
    return list(possibilities[0][0][0][1])


def address(route: str, world: World, tenant: str = "acme", **given: Any) -> str:
    """The route's address for a tenant, objects made as needed."""
    named = {name: OBJECTS[name](world, tenant) for name in parts(route) if name not in given}
    return reverse(route, kwargs=named | {k: v for k, v in given.items() if k in parts(route)})


def visitor(world: World, name: str, url: str) -> Client:
    """The client of one column."""
    if name == "anonymous":
        return Client()
    if name in ("operator", "finance"):
        return world.staff_client(name)
    if name == "acting":
        client = world.staff_client("operator")
        client.post(reverse("tenants:act", args=["acme"]), {"reason": "role matrix"})
        return client
    tenant, role = ("globex", "admin") if name == "stranger" else ("acme", name)
    return world.api(tenant, role) if url.startswith("/api/") else world.client(tenant, role)


def ask(client: Client, method: str, url: str) -> HttpResponse:
    """Send an empty request; whatever it does is undone."""
    with transaction.atomic():
        send = getattr(client, method.lower())
        more = {} if method == "GET" else {"data": {}}
        if url.startswith("/api/") and not hasattr(client, "credentials") and method != "GET":
            more["content_type"] = "application/json"
        response: HttpResponse = send(url, **more)
        transaction.set_rollback(True)
    return response


def cell(response: HttpResponse) -> str:
    """An answer as the matrix writes it."""
    status = response.status_code
    signs_in = status == 302 and response["Location"].startswith("/accounts/login/?next=")
    if status == 401 or signs_in:
        return "in"
    return "yes" if status < 400 or status in BAD_INPUT else str(status)


def _walk(patterns: Any, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _walk(pattern.url_patterns, inner)
        else:
            yield f"{prefix}{pattern.name}", pattern
