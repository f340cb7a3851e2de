"""Made-up customers on one fabric, written by the database itself.

Each has one way out, two networks with six machines each, three groups by label and network, and
six rules; one of its networks denies by default.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.test import Client

from portal.lib.db import DatabaseRole, acting_as
from tenants.access import Actor, TenantRef
from tenants.access import acting_as as acting_as_actor
from tenants.services import tokens

RULES = 6

PROVIDER = """
WITH region AS (
    INSERT INTO networking_region (id, code, name, created_at)
    VALUES (gen_random_uuid(), 'lab', 'Lab', now()) RETURNING id
), router AS (
    INSERT INTO networking_router (id, created_at, name, error, orphans, backend, asn, region_id)
    SELECT md5('lab router')::uuid, now(), 'lab-router', '', '[]', 'simulator', 65000, id
    FROM region
), fabric AS (
    INSERT INTO networking_fabric (id, created_at, name, error, orphans, backend, mtu, region_id)
    SELECT md5('lab fabric')::uuid, now(), 'lab-fabric', '', '[]', 'ovn', 1442, id FROM region
    RETURNING id
), access AS (
    INSERT INTO networking_fabricaccess (fabric_id, config) SELECT id, %(config)s FROM fabric
)
INSERT INTO networking_host (id, created_at, fabric_id, name, gateway_priority, cfg)
SELECT gen_random_uuid(), now(), id, 'h1', 20, 0 FROM fabric
"""
CUSTOMERS = """
INSERT INTO tenants_tenant (id, slug, name, state, created_at)
SELECT md5('lab tenant ' || n)::uuid, 'lab-' || n, 'Lab ' || n, 'active', now()
FROM generate_series(1, %(tenants)s) AS n
"""
# Below, t.n counts the customers and t.id is theirs.
EACH = """
INSERT INTO {table} (id, created_at, tenant_id, {columns})
SELECT {id}, now(), t.id, {values}
FROM (SELECT n, md5('lab tenant ' || n)::uuid AS id
      FROM generate_series(1, %(tenants)s) AS n) AS t {beside}
"""
NETWORKS = "CROSS JOIN (VALUES ('web', 0, false), ('db', 1, true)) AS o(name, place, denies)"
NETWORK_ID = "md5('lab ' || o.name || ' ' || t.n)::uuid"
GROUP_ID = "md5('lab group ' || {} || ' ' || t.n)::uuid"
RULE_ID = "md5('lab rule ' || rule || ' ' || t.n)::uuid"


@dataclass(frozen=True)
class Table:
    """What each customer has in one table: SQL for each column, by its name."""

    name: str
    columns: Mapping[str, str]
    id: str = "gen_random_uuid()"
    beside: str = ""

    @property
    def statement(self) -> str:
        """The rows of all customers."""
        return EACH.format(
            table=f"networking_{self.name}",
            columns=", ".join(self.columns),
            id=self.id,
            values=", ".join(self.columns.values()),
            beside=self.beside,
        )


NOUN = {"version": "1", "updated_at": "now()"}
TABLES = (
    Table("generation", {"number": "1"}),
    Table("allowedprefix", {"prefix": "'10.0.0.0/8'", "purpose": "'networks'"}),
    Table(
        "network",
        NOUN
        | {
            "name": "o.name",
            "region_id": "(SELECT id FROM networking_region WHERE code = 'lab')",
            "ipv4_prefix": "('10.1.' || o.place || '.0/24')::cidr",
            "dhcp": "true",
            "mtu": "1400",
            "learned_by": "'all'",
            "default_deny": "o.denies",
        },
        NETWORK_ID,
        NETWORKS,
    ),
    Table(
        "port",
        NOUN
        | {
            "name": "o.name || '-' || machine",
            "network_id": NETWORK_ID,
            "mac": "('0a' || lpad(to_hex(t.n * 16 + o.place * 8 + machine), 10, '0'))::macaddr",
            "ipv4_address": "('10.1.' || o.place || '.' || 10 + machine)::inet",
            "labels": "jsonb_build_object('app', o.name)",
            "up": "false",
        },
        "md5('lab port ' || o.name || machine || ' ' || t.n)::uuid",
        f"{NETWORKS} CROSS JOIN generate_series(1, 6) AS machine",
    ),
    Table(
        "group",
        NOUN
        | {
            "name": "g",
            "description": "''",
            "prefixes": "CASE g WHEN 'office' THEN '{192.168.0.0/16}'::cidr[] ELSE '{}' END",
            "labels": "CASE g WHEN 'office' THEN '{}' ELSE jsonb_build_object('app', g) END",
        },
        GROUP_ID.format("g"),
        "CROSS JOIN (VALUES ('web'), ('db'), ('office')) AS o(g)",
    ),
    Table(
        "rule",
        NOUN
        | {
            "name": "'rule-' || rule",
            "description": "''",
            "rank": "rule * 1000",
            "protocol": "'tcp'",
            "ports": "jsonb_build_array(jsonb_build_array(5000 + rule, 5000 + rule))",
            "action": "CASE rule %% 3 WHEN 0 THEN 'deny' ELSE 'allow' END",
            "enabled": "true",
            "log": "false",
        },
        RULE_ID,
        "CROSS JOIN generate_series(1, %(rules)s) AS rule",
    ),
    Table(
        "ruleterm",
        {
            "rule_id": RULE_ID,
            "side": "o.side",
            "position": "0",
            "group_id": GROUP_ID.format(
                "CASE o.side WHEN 'destination' THEN 'db'"
                " ELSE (ARRAY['web', 'office'])[1 + rule %% 2] END"
            ),
        },
        beside="CROSS JOIN generate_series(1, %(rules)s) AS rule"
        " CROSS JOIN (VALUES ('source'), ('destination')) AS o(side)",
    ),
    Table(
        "scope",
        {
            "fabric_id": "md5('lab fabric')::uuid",
            "vrf": "''",
            "wanted": "1",
            "drift": "'{}'",
            "error": "''",
            "blocked": "false",
        }
        | dict.fromkeys(
            ("applied", "sent", "verified", "token", "target", "target_generation", "attempts"), "0"
        ),
        "md5('lab scope ' || t.n)::uuid",
    ),
)
WAYS_OUT = """
INSERT INTO networking_attachment
    (id, created_at, router_id, fabric_id, tenant_id, name, vrf, vlan, interface, bridge_mapping,
     transit_ipv4, router_ipv4, gateway_ipv4, access_prefixes)
SELECT gen_random_uuid(), now(), md5('lab router')::uuid, md5('lab fabric')::uuid,
       md5('lab tenant ' || n)::uuid, 'c' || n, 'c' || n, n, 'c' || n, 'wan',
       '100.64.0.0/29', '100.64.0.1', '100.64.0.2', '{}'
FROM generate_series(1, %(tenants)s) AS n
"""


def fill(tenants: int, config: Mapping[str, object], rules: int = RULES) -> None:
    """So many customers, 4,094 at most (a VLAN each), on a fabric that `config` reaches."""
    given: dict[str, str | int] = {
        "tenants": tenants,
        "rules": rules,
        "config": json.dumps(config),
    }
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, given)
    with acting_as(DatabaseRole.STAFF), connection.cursor() as cursor:
        cursor.execute(PROVIDER, given)
        cursor.execute(WAYS_OUT, given)
        for table in TABLES:
            cursor.execute(table.statement, given)


def filled() -> bool:
    """Whether another row wrote them already."""
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM networking_region WHERE code = 'lab')")
        return bool(cursor.fetchone()[0])


def scopes() -> list[UUID]:
    """The scopes of all of them on the fabric."""
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM networking_scope WHERE fabric_id = md5('lab fabric')::uuid")
        return [found for (found,) in cursor.fetchall()]


def settle() -> None:
    """As if hosts had been asked about all that was applied."""
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute("UPDATE networking_scope SET verified = applied, sent = applied")
        cursor.execute("UPDATE networking_changescope SET verified_at = now()")


@dataclass(frozen=True)
class Customer:
    """One of them, with a program that acts for it."""

    number: int
    id: UUID
    scope: UUID
    port: UUID
    network: UUID
    client: Client

    @property
    def api(self) -> str:
        """Where its part of the API begins."""
        return f"/api/v1/tenants/lab-{self.number}"

    def post(self, what: str, body: Mapping[str, object]) -> UUID:
        """Ask for something; the id of the change. Raises AssertionError when it is refused."""
        answer = self.client.post(f"{self.api}/{what}", body, "application/json")
        assert answer.status_code < 300, answer.content
        return UUID(answer.json()["id"])

    def etag(self) -> str:
        """The state that its machine `web-1` is in, for the next edit."""
        return self.client.get(f"{self.api}/ports/{self.port}").headers["ETag"]

    def label(self, app: str, etag: str) -> None:
        """Give the machine this label. Raises AssertionError when it is refused."""
        body, headers = {"labels": {"app": app}}, {"If-Match": etag}
        where = f"{self.api}/ports/{self.port}"
        answer = self.client.patch(where, body, "application/json", headers=headers)
        assert answer.status_code < 300, answer.content


def customer(number: int) -> Customer:
    """The customer of this number; it comes with a new token."""
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute(
            "SELECT md5('lab tenant ' || %(n)s)::uuid, md5('lab scope ' || %(n)s)::uuid,"
            " md5('lab port web1 ' || %(n)s)::uuid, md5('lab web ' || %(n)s)::uuid",
            {"n": str(number)},
        )
        tenant, scope, port, network = cursor.fetchone()
    ref = TenantRef(tenant, f"lab-{number}", f"Lab {number}")
    actor = Actor("system", None, "Benchmark", ref, "admin")
    with acting_as_actor(actor):
        secret = tokens.create(actor, name="bench", role="network").secret
    client = Client(headers={"Authorization": f"Bearer {secret}"}, SERVER_NAME="127.0.0.1")
    return Customer(number, tenant, scope, port, network, client)
