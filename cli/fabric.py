"""Which fabric the portal runs on, and why."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cli.errors import CommandError

Kind = Literal["lab", "simulator", "none"]


@dataclass(frozen=True)
class Fabric:
    """The kind of fabric and a sentence that says why it is this one."""

    kind: Kind
    reason: str


def on_debian() -> bool:
    """Whether this system is a Debian, whose packages the lab is made of."""
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except FileNotFoundError:
        return False
    return "ID=debian" in lines


def why_not_here() -> str | None:
    """Why this account or system cannot have a lab, or None."""
    if os.geteuid() != 0:
        return "the lab needs root for its network namespaces"
    if not on_debian():
        return "the lab is made of Debian's packages, and this is not Debian"
    return None


def choose(wanted: str | None, refusal: str | None) -> Fabric:
    """The lab where nothing stands against it, else the simulator.

    `wanted` is what the person asked for, `refusal` why the lab cannot stand here.
    """
    if wanted == "none":
        return Fabric("none", "asked for by --fabric none")
    if wanted == "simulator":
        return Fabric("simulator", "asked for by --fabric simulator")
    if refusal is None:
        return Fabric("lab", "a small real network in namespaces")
    if wanted == "lab":
        raise CommandError(f"The lab cannot run: {refusal}.")
    return Fabric("simulator", refusal)
