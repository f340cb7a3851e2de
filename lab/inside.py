"""Finds a machine, site, host or router by name and runs commands there."""

import json
from collections.abc import Sequence

from lab import cabling, netns
from lab.errors import LabError
from lab.machine import INTERFACE, Machine, load
from lab.place import Place
from lab.process import Daemons, run
from lab.topology import Topology

# A mount namespace of its own, so that the machine's resolv.conf and name are seen there alone.
_ON_MACHINE = """
[ ! -e /etc/resolv.conf ] || mount --bind "$1" /etc/resolv.conf
hostname "$2"
shift 2
exec "$@"
"""


def command(place: Place, plan: Topology, name: str, argv: Sequence[str]) -> list[str]:
    """The full command that runs ``argv`` where ``name`` is; LabError if nothing is called so.

    ``name`` is a machine (``web-1``, or ``acme/web-1`` where several share the name), a site,
    a host, the router, one of its VRFs, or ``central``.
    """
    if name in [plan.router.name, *(site.name for site in plan.sites)]:
        return _in_router(place, plan, name, argv)
    if name in cabling.parts(plan):
        return [*netns.enter(place.namespace(name)), *_env(place, name), *argv]
    machine = find(load(place), name)
    resolver = place.runtime / "machines" / machine.part / "resolv.conf"
    return [
        *netns.enter(place.namespace(machine.part)),
        "unshare",
        "--mount",
        "--uts",
        "--",
        "sh",
        "-c",
        _ON_MACHINE,
        "sh",
        str(resolver),
        machine.name,
        *argv,
    ]


def find(machines: Sequence[Machine], name: str) -> Machine:
    """The one machine called ``name``, ``tenant/name`` or by its logical port."""
    found = [
        machine
        for machine in machines
        if name in (machine.name, f"{machine.tenant}/{machine.name}", machine.logical)
    ]
    if not found:
        known = ", ".join(f"{m.tenant}/{m.name}" for m in machines) or "no machine is plugged"
        raise LabError(f"nothing in the lab is called {name!r} (machines: {known}).")
    if len(found) > 1:
        choices = ", ".join(f"{machine.tenant}/{machine.name}" for machine in found)
        raise LabError(f"{name!r} could be {choices}: say which.")
    return found[0]


def addresses(place: Place, machine: Machine) -> list[str]:
    """The global addresses that a machine has now."""
    words = ["ip", "-n", place.namespace(machine.part), "-json", "addr", "show", INTERFACE]
    (interface,) = json.loads(run(words))
    return [item["local"] for item in interface["addr_info"] if item["scope"] == "global"]


def _in_router(place: Place, plan: Topology, name: str, argv: Sequence[str]) -> list[str]:
    """Enter the mount namespace of the running router: the one that its SSH sessions see."""
    daemons = Daemons(place.runtime / "processes", place.logs)
    for program in ("sshd", "zebra"):
        record = daemons.record(f"{name}.{program}")
        if record and record.alive:
            return [
                "nsenter",
                f"--mount=/proc/{record.pid}/ns/mnt",
                f"--net={netns.FOLDER / place.namespace(name)}",
                "--",
                *argv,
            ]
    return [*netns.enter(place.namespace(name)), *argv]


def _env(place: Place, part: str) -> list[str]:
    """Variables that make ``ovs-*`` and ``ovn-*`` commands speak to this part of the lab."""
    folder = place.runtime
    if part == "central":
        return ["env", f"OVN_NB_DB=unix:{folder}/nb.sock", f"OVN_SB_DB=unix:{folder}/sb.sock"]
    if (folder / part / "db.sock").exists():
        return ["env", f"OVS_RUNDIR={folder / part}", f"OVN_RUNDIR={folder / part}"]
    return []
