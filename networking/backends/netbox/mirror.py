"""Writes tenants, VRFs and prefixes to NetBox, and reads back those that carry our tag."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from typing import Any

import pynetbox

from networking.backends.base import BackendError, UnreachableError
from networking.planning import Action, Json, Noun, Plan, Resource, Step

TAG = "demarc"
"""The slug of the tag on all that is ours; nothing else is changed or removed."""
TIMEOUT = 10.0  # seconds for each request
BATCH = 100  # objects in one request; NetBox takes all of them or none

TENANT, VRF, PREFIX = "tenant", "vrf", "prefix"
Ident = tuple[str, str]


def tenant(slug: str, name: str) -> Resource:
    """A customer."""
    return Resource(TENANT, slug, {"name": name}, Noun(TENANT, slug, name))


def vrf(slug: str) -> Resource:
    """The address space of a customer; another's may hold the same prefixes."""
    return Resource(VRF, f"{TAG}-{slug}", {"tenant": slug}, Noun(TENANT, slug))


def prefix(slug: str, cidr: str, description: str) -> Resource:
    """A prefix in the customer's address space."""
    key = f"{TAG}-{slug} {cidr}"
    return Resource(PREFIX, key, {"tenant": slug, "description": description}, Noun(PREFIX, cidr))


class NetBox:
    """One NetBox. `order` is that in which objects refer to each other."""

    order: Sequence[str] = (TENANT, VRF, PREFIX)

    def __init__(self, url: str, token: str) -> None:
        self._api = pynetbox.api(url, token=token)
        session = self._api.http_session
        session.request = partial(session.request, timeout=TIMEOUT)
        self._endpoints = {
            TENANT: self._api.tenancy.tenants,
            VRF: self._api.ipam.vrfs,
            PREFIX: self._api.ipam.prefixes,
        }
        self._ids: dict[Ident, int] = {}
        self._tag = 0

    def observe(self) -> tuple[Resource, ...]:
        """What carries our tag. Raises BackendError."""
        with _explained():
            self._tag = self._tagged()
            self._ids.clear()
            return tuple(self._read())

    def apply(self, plan: Plan) -> None:
        """Carry out the plan that was made of the last observation, in requests of up to `BATCH`
        objects; may be repeated after it failed half-way. Raises BackendError."""
        with _explained():
            for (action, kind), group in groupby(plan.steps, lambda s: (s.action, s.kind)):
                steps = list(group)
                for first in range(0, len(steps), BATCH):
                    self._send(action, kind, steps[first : first + BATCH])

    def _tagged(self) -> int:
        """The id of our tag: to ask for a tag that is not there is an error."""
        found = self._api.extras.tags.get(slug=TAG)
        made = found or self._api.extras.tags.create(name="Demarc", slug=TAG)
        return int(made.id)

    def _read(self) -> Iterator[Resource]:
        readers: dict[str, Callable[[Any], Resource]] = {
            TENANT: lambda row: tenant(row.slug, row.name),
            VRF: lambda row: Resource(VRF, row.name, {"tenant": _slug(row)}, Noun(VRF, row.name)),
            PREFIX: _prefix,
        }
        for kind, read in readers.items():
            for row in self._endpoints[kind].filter(tag=TAG):
                resource = read(row)
                if resource.ident in self._ids:
                    raise BackendError(
                        f"NetBox has the {kind} {resource.key} twice with the tag {TAG!r}: take "
                        "the tag from one of them.",
                        retry=False,
                    )
                self._ids[resource.ident] = int(row.id)
                yield resource

    def _send(self, action: Action, kind: str, steps: Sequence[Step]) -> None:
        endpoint = self._endpoints[kind]
        ids = [self._ids.get((kind, step.key)) for step in steps]
        if action is Action.DELETE:
            endpoint.delete(ids)
        elif action is Action.UPDATE:
            endpoint.update(
                [{"id": pk, **self._fields(s)} for pk, s in zip(ids, steps, strict=True)]
            )
        else:
            made = endpoint.create([self._fields(step) for step in steps])
            for step, row in zip(steps, made, strict=True):
                self._ids[kind, step.key] = int(row.id)

    def _fields(self, step: Step) -> dict[str, Json]:
        """The object as NetBox is told of it."""
        attrs = dict(step.after or {})
        fields: dict[str, Json] = {"tags": [self._tag]}
        if step.kind == TENANT:
            return fields | attrs | {"slug": step.key}
        fields |= attrs | {"tenant": self._ids[TENANT, attrs["tenant"]]}
        if step.kind == VRF:
            return fields | {"name": step.key}
        space, _, cidr = step.key.partition(" ")
        return fields | {"prefix": cidr, "vrf": self._ids[VRF, space], "status": "active"}


def _slug(row: Any) -> str:
    return str(row.tenant.slug) if row.tenant else ""


def _prefix(row: Any) -> Resource:
    space = row.vrf.name if row.vrf else ""
    attrs = {"tenant": _slug(row), "description": row.description}
    return Resource(PREFIX, f"{space} {row.prefix}", attrs, Noun(PREFIX, row.prefix))


@contextmanager
def _explained() -> Iterator[None]:
    """NetBox' errors, and those of the way there, as ours."""
    try:
        yield
    except (pynetbox.RequestError, pynetbox.AllocationError) as error:
        status = error.req.status_code
        if status in (401, 403):
            message = "NetBox does not let us in: its token lacks a right, or has expired."
        else:
            message = f"NetBox refused ({status}): {error.error}"
        raise BackendError(message, retry=status >= 500, detail=str(error)) from error
    except pynetbox.ContentError as error:
        raise BackendError(
            "What answers at NETBOX_URL is no NetBox.", retry=False, detail=str(error)
        ) from error
    except OSError as error:  # what requests raises, too
        raise UnreachableError("NetBox cannot be reached.") from error
