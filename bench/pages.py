"""Row "pages": every page and list of a large customer among many, as the server takes to make
them."""

import time
from dataclasses import replace
from hashlib import md5
from pathlib import Path
from statistics import median
from uuid import UUID

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import spent, tenants, usage
from bench.rows import Measured, row, timed
from portal.lib.db import DatabaseRole, acting_as
from tenants.models import Membership, Person

LOOKS = 20
MOST_SECONDS = 0.05
PORTS_IN_A_TENANT, PORTS_IN_API = 10, 100  # for each tenant that there is

# The large customer's machines, in a network of their own.
NETWORK = """
INSERT INTO networking_network (id, created_at, tenant_id, name, version, updated_at, region_id,
                                ipv4_prefix, dhcp, mtu, learned_by, default_deny)
SELECT md5('lab big ' || %(n)s)::uuid, now(), md5('lab tenant ' || %(n)s)::uuid, 'big', 1, now(),
       id, '10.128.0.0/9', true, 1400, 'all', false
FROM networking_region WHERE code = 'lab'
"""
PORTS = """
INSERT INTO networking_port (id, created_at, tenant_id, name, version, updated_at, network_id, mac,
                             ipv4_address, labels, up)
SELECT md5('big port ' || p || ' ' || %(n)s)::uuid, now(), md5('lab tenant ' || %(n)s)::uuid,
       'vm-' || p, 1, now(), md5('lab big ' || %(n)s)::uuid,
       ('0e' || lpad(to_hex(p), 10, '0'))::macaddr, '10.128.0.0'::inet + 16 + p,
       jsonb_build_object('app', 'app-' || p %% 50, 'tier', 'web'), false
FROM generate_series(1, %(ports)s) AS p
"""
CHANGES = """
INSERT INTO networking_change (id, created_at, tenant_id, generation, state, verb, subject_type,
                               subject_id, subject_name, summary, before, after, plan, warnings,
                               actor_kind, actor_label, on_behalf_reason, request_id, reason,
                               done_at)
SELECT md5('big change ' || p || ' ' || %(n)s)::uuid, now() - p * interval '1 minute',
       md5('lab tenant ' || %(n)s)::uuid, -p, 'done', 'create', 'port',
       md5('big port ' || p || ' ' || %(n)s)::uuid, 'vm-' || p, 'Add machine vm-' || p,
       '{}', jsonb_build_object('name', 'vm-' || p, 'network', 'big', 'labels', '{}'::jsonb,
                                'network_id', md5('lab big ' || %(n)s)::uuid),
       '[]', '[]', 'system', 'Benchmark', '', '', '', now()
FROM generate_series(1, %(ports)s) AS p
"""
# Below /t/lab-1/ and below /; what stands in braces are ids.
PAGES = (
    "people/", "networks/", "networks/new", "networks/{network}/", "networks/{network}/edit",
    "networks/{network}/delete", "ports/", "ports/?page=100", "ports/?q=vm-99",
    "ports/?q=app=app-7", "ports/?q=10.128.3.", "ports/new", "ports/{port}/", "ports/{port}/edit",
    "ports/{port}/delete", "groups/", "groups/new", "groups/{group}/", "groups/{group}/edit",
    "rules/", "rules/new", "rules/{rule}/edit", "rules/import", "vips/", "vips/new", "sites/",
    "changes/", "changes/?page=100", "changes/{change}/", "reach/", "audit/", "billing/",
)  # fmt: skip
STAFF = (
    "msp/", "msp/customers/", "msp/customers/lab-1/", "msp/regions/", "msp/routers/{router}/",
    "msp/routers/{router}/?page=20", "msp/routers/{router}/?q=99", "msp/fabrics/{fabric}/",
    "msp/alerts/", "msp/audit/",
)  # fmt: skip
DEVICES = {
    name: UUID(md5(f"lab {name}".encode(), usedforsecurity=False).hexdigest())
    for name in ("router", "fabric")
}
API = (
    "networks", "ports", "ports?q=vm-99", "ports?label=app%3Dapp-7", "ports?label=app%3Ddb",
    "ports?label=app", "ports?q=10.128.3.", "ports/{port}", "groups", "groups/{group}",
    "groups/{group}/members", "rules", "changes", "changes/{change}",
)  # fmt: skip


@row("pages", size="tenants")
def pages(many: int) -> list[Measured]:
    """With so many tenants, ten times as many ports in one and a hundred times in another."""
    if not tenants.filled():
        tenants.fill(many, {})
    ids = [_grow(n, many * each) for n, each in ((1, PORTS_IN_A_TENANT), (2, PORTS_IN_API))]
    month = f"/msp/billing/?period={spent.spend()}"
    usage.settle()
    person, staff, finance = _people()
    program = tenants.customer(2)
    calls = [
        *((person, f"/t/lab-1/{path.format(**ids[0])}") for path in ("", *PAGES)),
        *((staff, f"/{path.format(**DEVICES)}") for path in STAFF),
        *((program.client, f"{program.api}/{path.format(**ids[1])}") for path in API),
    ]
    floor = median(_times(program.client, "/api/v1/schema-of-nothing", 404))
    return [
        *(_measured(client, path, floor) for client, path in calls),
        # Pages of the month show what this part of them added up last.
        replace(_measured(_as_htmx(finance), month, floor, "added up anew, "), most_seconds=None),
        *(_measured(finance, f"{month}{more}", floor) for more in ("", "&page=5")),
    ]


def _as_htmx(client: Client) -> Client:
    """The same person, who asks for the parts of pages."""
    asks = Client(SERVER_NAME="127.0.0.1", headers={"HX-Request": "true"})
    asks.cookies = client.cookies
    return asks


def _measured(client: Client, path: str, floor: float, told: str = "") -> Measured:
    times, busy = _times(client, path), _busy(client, path)
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    p95 = sorted(times)[-1 - len(times) // 20]
    return Measured(
        f"{path}, {told}p95 (p50 {median(times) * 1000:.1f} ms, "
        f"{busy * 1000:.1f} ms of processors, {_counted(asked)} queries)",
        p95, floor, "an address that is not there", most_seconds=MOST_SECONDS,
    )  # fmt: skip


def _busy(client: Client, path: str) -> float:
    """For how many seconds a request keeps processors busy, here and in the database: on a machine
    that has nothing else to do, as long as it takes."""
    began = time.thread_time() + _database_seconds()
    for _ in range(LOOKS):
        client.get(path)
    return (time.thread_time() + _database_seconds() - began) / LOOKS


def _database_seconds() -> float:
    """For how long the server process of this connection has run (proc(5), schedstat)."""
    process = connection.connection.info.backend_pid
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 10**9


def _counted(asked: CaptureQueriesContext) -> int:
    """Without what enters and leaves a role."""
    free = ("SAVEPOINT", "RELEASE", "SELECT set_config(", "BEGIN", "COMMIT")
    return sum(not one["sql"].startswith(free) for one in asked.captured_queries)


def _times(client: Client, path: str, status: int = 200) -> list[float]:
    """After one that does not count."""
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code, answer.content[:500])
    return [timed(lambda: client.get(path)) for _ in range(LOOKS)]


def _grow(number: int, ports: int) -> dict[str, UUID]:
    """Give a customer so many more ports and changes; ids of things that it has."""
    given: dict[str, str | int] = {"n": str(number), "ports": ports}
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        for statement in (NETWORK, PORTS, CHANGES):
            cursor.execute(statement, given)
        cursor.execute(
            "SELECT md5('lab big ' || %(n)s)::uuid, md5('big port 1 ' || %(n)s)::uuid,"
            " md5('lab group web ' || %(n)s)::uuid, md5('lab rule 1 ' || %(n)s)::uuid,"
            " md5('big change 1 ' || %(n)s)::uuid",
            given,
        )
        return dict(
            zip(("network", "port", "group", "rule", "change"), cursor.fetchone(), strict=True)
        )


def _people() -> tuple[Client, ...]:
    """Browsers of an admin of the first customer, of an operator, and of finance."""
    with acting_as(DatabaseRole.IDENTITY):
        person = Person.objects.create_user("admin@lab.example", "", name="Admin")
        staff = [
            Person.objects.create_user(f"{role}@lab.example", "", name=role, staff_role=role)
            for role in ("operator", "finance")
        ]
    with acting_as(DatabaseRole.WORKER):
        tenant = tenants.customer(1).id
        Membership.objects.create(tenant_id=tenant, person=person, role="admin")
    clients = []
    with acting_as(DatabaseRole.IDENTITY):
        for who in (person, *staff):
            clients.append(Client(SERVER_NAME="127.0.0.1"))
            clients[-1].force_login(who)
    return tuple(clients)
