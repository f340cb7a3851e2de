"""What people say of a group, checked and written into its row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypedDict
from uuid import UUID

from networking.models import Group, Network, Port, RuleTerm, Vip
from networking.planning.addresses import Prefix
from networking.services.guards import check_label, taken_name
from networking.services.labels import check_labels
from networking.services.prefixes import read_prefix
from portal.lib.errors import Refusal

PREFIXES_MOST = 256
PORTS_MOST = 1000
DESCRIPTION_MOST = 255
USERS_NAMED = 5  # how many rules and VIPs a refusal names


@dataclass(frozen=True, slots=True)
class GroupInput:
    """What a person says of a group: machines that have all `labels`, whole networks by id,
    prefixes as text, and single ports by id. It takes one of the four at least."""

    name: str
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    networks: tuple[UUID, ...] = ()
    prefixes: tuple[str, ...] = ()
    ports: tuple[UUID, ...] = ()


class GroupPatch(TypedDict, total=False):
    """The fields of `GroupInput`, all of which can change."""

    name: str
    description: str
    labels: Mapping[str, str]
    networks: tuple[UUID, ...]
    prefixes: tuple[str, ...]
    ports: tuple[UUID, ...]


class Chosen(NamedTuple):
    """What a group refers to, by name; none of it on its way out."""

    networks: list[Network]
    ports: list[Port]


def fill(group: Group, wanted: GroupInput) -> Chosen:
    """Check what is wanted and write it into the row; what it refers to comes back. Raises
    Refusal."""
    group.name = _name(group, wanted.name)
    group.description = check_description(wanted.description)
    group.labels = check_labels(wanted.labels, "group")
    group.prefixes = _prefixes(wanted.prefixes)
    chosen = Chosen(_networks(group, wanted.networks), _ports(group, wanted.ports))
    if not (group.labels or group.prefixes or any(chosen)):
        raise Refusal(
            "members-needed",
            f"Say who belongs to group {group.name}: a label like app=shop, a network, a prefix "
            "or a machine.",
            field="labels",
        )
    return chosen


def check_description(text: str) -> str:
    """The text without blanks around it. Raises Refusal when it is too long."""
    if len(text.strip()) > DESCRIPTION_MOST:
        raise Refusal(
            "description-long",
            f"A description has at most {DESCRIPTION_MOST} characters.",
            field="description",
        )
    return text.strip()


def check_unused(group: Group) -> None:
    """Refuse to lose a group that a rule or a VIP names, and say which. Raises Refusal."""
    terms = RuleTerm.objects.filter(tenant_id=group.tenant_id, group=group, rule__retiring_at=None)
    rules = terms.values_list("rule__name", flat=True).distinct().order_by("rule__name")
    vips = Vip.objects.filter(tenant_id=group.tenant_id, group=group, retiring_at=None)
    names = vips.order_by("name").values_list("name", flat=True)
    users = [
        *(f"rule {name}" for name in rules[: USERS_NAMED + 1]),
        *(f"VIP {name}" for name in names[: USERS_NAMED + 1]),
    ]
    if users:
        raise Refusal(
            "group-in-use",
            f"Group {group.name} is used by {', '.join(users[:USERS_NAMED])}"
            + (" and more" if len(users) > USERS_NAMED else "")
            + ". Change or delete those first.",
            status=409,
        )


def _name(group: Group, name: str) -> str:
    check_label(name, "group")
    others = Group.objects.filter(tenant_id=group.tenant_id, name=name).exclude(id=group.id)
    other = others.first()
    if other is not None:
        raise taken_name("group", name, retiring=other.retiring_at is not None)
    return name


def _prefixes(texts: Sequence[str]) -> list[Prefix]:
    if len(texts) > PREFIXES_MOST:
        raise Refusal(
            "prefixes-many", f"A group has at most {PREFIXES_MOST} prefixes.", field="prefixes"
        )
    found = dict.fromkeys(read_prefix(text, None, "prefixes") for text in texts)
    return sorted(found, key=lambda one: (one.version, one))


def _networks(group: Group, ids: Sequence[UUID]) -> list[Network]:
    if not ids:
        return []
    rows = Network.objects.filter(tenant_id=group.tenant_id, id__in=ids, retiring_at=None)
    found = list(rows.order_by("name"))
    if len(found) != len(set(ids)):
        raise Refusal(
            "network-unknown", "One of the networks is not there. Choose again.", field="networks"
        )
    return found


def _ports(group: Group, ids: Sequence[UUID]) -> list[Port]:
    wanted = set(ids)
    if len(wanted) > PORTS_MOST:
        raise Refusal(
            "ports-many",
            f"A group names at most {PORTS_MOST} machines. Give them a label, and name that.",
            field="ports",
        )
    if not wanted:
        return []
    found = list(Port.objects.filter(tenant_id=group.tenant_id, id__in=wanted).order_by("name"))
    if len(found) != len(wanted):
        raise Refusal(
            "port-unknown",
            "One of the machines is not there. Choose again.",
            field="ports",
            status=404,
        )
    leaving = next((port for port in found if port.retiring_at is not None), None)
    if leaving is not None:
        raise Refusal(
            "retiring",
            f"Machine {leaving.name} is being deleted. Leave it out.",
            field="ports",
            status=409,
        )
    return found
