"""What the lab needs of Debian, and how it gets it without starting anything.

Debian starts the services of a package when it installs it: an SSH server on all addresses,
an Open vSwitch, an FRR. ``install`` forbids that while it works, puts back what was there, and
keeps the services of packages that it brought from starting at the next boot.
"""

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lab.errors import LabError

PACKAGES = (
    "ovn-central",
    "ovn-host",
    "openvswitch-switch",
    "frr",
    "openssh-server",
    "openssh-client",
    "udhcpc",
    "iproute2",
    "iputils-ping",
    "tcpdump",
    "util-linux",
)
"""The Debian packages that the lab runs on."""

SERVICES = {
    "ovn-central": ("ovn-central",),
    "ovn-host": ("ovn-host",),
    "openvswitch-switch": ("openvswitch-switch",),
    "frr": ("frr",),
    "openssh-server": ("ssh",),
}
"""The services that Debian would start, by package."""

POLICY = Path("/usr/sbin/policy-rc.d")
_SAVED = POLICY.with_name("policy-rc.d.before-demarc")
_OURS = "#!/bin/sh\n# Demarc is installing its lab: no service may start meanwhile.\nexit 101\n"

_SYSTEM_WIDE = {
    Path("/run/openvswitch/db.sock"): "Open vSwitch (openvswitch-switch)",
    Path("/run/ovn/ovnnb_db.sock"): "OVN (ovn-central)",
    Path("/run/frr/zebra.vty"): "FRR (frr)",
}

_CLONE_NEWNS, _CLONE_NEWNET = 0x00020000, 0x40000000  # linux/sched.h


def missing() -> list[str]:
    """The packages that the lab lacks here."""
    if not shutil.which("dpkg-query"):
        return list(PACKAGES)
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *PACKAGES],
        capture_output=True,
        text=True,
        check=False,
    )
    present = {line.split()[0] for line in done.stdout.splitlines() if line.endswith(" installed")}
    return [package for package in PACKAGES if package not in present]


def install(
    packages: Sequence[str] | None = None, say: Callable[[str], None] = lambda _: None
) -> list[str]:
    """Install ``packages`` (default: what is missing) and return what was installed.

    Needs root and apt. No service starts, now or at the next boot.
    """
    wanted = list(missing() if packages is None else packages)
    if not wanted:
        return []
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise LabError(f"installing needs root on Debian; it lacks {' '.join(wanted)}.")
    say(f"installing from Debian: {' '.join(wanted)}")
    with no_services():
        _apt("update")
        _apt("install", "--yes", "--no-install-recommends", *wanted)
        for package in wanted:
            for service in SERVICES.get(package, ()):
                _keep_down(service)
    return wanted


def can_run() -> tuple[bool, str]:
    """Whether the lab can run here; else a sentence that says why not."""
    if os.geteuid() != 0:
        return False, "the lab needs root: it makes network namespaces."
    if refused := _namespaces_refused():
        return False, f"this machine refuses namespaces: {refused}."
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
    except OSError as error:
        return False, f"/dev/net/tun does not open ({error.strerror}): the switches need it."
    if lacking := missing():
        return False, f"Debian packages are missing: {' '.join(lacking)}."
    if foreign := system_wide():
        return False, (
            f"a system-wide {foreign} runs here, and the lab keeps away from it: stop it, or "
            "use another machine."
        )
    return True, ""


def system_wide() -> str:
    """The name of a running Open vSwitch, OVN or FRR that is the system's, or ''."""
    for path, name in _SYSTEM_WIDE.items():
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
            door.settimeout(1)
            if door.connect_ex(str(path)) == 0:
                return name
    return ""


@contextlib.contextmanager
def no_services() -> Iterator[None]:
    """Forbid Debian to start services; afterwards the policy is what it was before.

    A policy saved by a run that was killed is the one that gets restored.
    """
    if _SAVED.exists() or _SAVED.is_symlink():
        POLICY.unlink(missing_ok=True)
    elif POLICY.is_symlink() or (POLICY.exists() and POLICY.read_text() != _OURS):
        POLICY.rename(_SAVED)
    try:
        POLICY.unlink(missing_ok=True)
        POLICY.write_text(_OURS)
        POLICY.chmod(0o755)
        yield
    finally:
        POLICY.unlink(missing_ok=True)
        if _SAVED.exists() or _SAVED.is_symlink():
            _SAVED.rename(POLICY)


def _apt(*words: str) -> None:
    env = {
        **os.environ,
        "DEBIAN_FRONTEND": "noninteractive",
        "NEEDRESTART_SUSPEND": "1",
        "APT_LISTCHANGES_FRONTEND": "none",
    }
    done = subprocess.run(
        ["apt-get", "--quiet", *words],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = " ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise LabError(f"apt-get {words[0]} failed: {tail}")


def _keep_down(service: str) -> None:
    """Keep a service that we brought from starting at the next boot."""
    done = subprocess.run(
        ["update-rc.d", service, "disable"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise LabError(f"could not disable the service {service}: {done.stderr.strip()}")


def _namespaces_refused() -> str:
    """Try a network and a mount namespace in a child; what the kernel said if it refused."""
    pid = os.fork()
    if pid == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        os._exit(ctypes.get_errno() if libc.unshare(_CLONE_NEWNS | _CLONE_NEWNET) else 0)
    number = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return os.strerror(number) if number else ""
