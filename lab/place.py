"""Where one lab lives: its name, its folders, and the names of its namespaces."""

import re
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError

RUNTIME_ROOT = Path("/run/demarc-lab")
"""Short on purpose: the path of a unix socket holds 107 bytes (man 7 unix)."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,15}")


@dataclass(frozen=True)
class Place:
    """The folders and namespace names of the lab called ``name``.

    ``state`` outlives the lab (keys, the northbound database, logs); ``runtime`` does not.
    """

    name: str
    state: Path

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise LabError(
                f"{self.name!r} cannot name a lab: use 1 to 16 of a-z, 0-9 and -, a letter first."
            )

    @property
    def runtime(self) -> Path:
        """Sockets, process records and private folders; gone when the lab stops."""
        return RUNTIME_ROOT / self.name

    @property
    def logs(self) -> Path:
        """One log file a daemon."""
        return self.state / "log"

    @property
    def inventory(self) -> Path:
        """The file that tells others what there is."""
        return self.state / "inventory.json"

    @property
    def control(self) -> Path:
        """The socket on which the running lab takes commands."""
        return self.runtime / "control.sock"

    @property
    def machines(self) -> Path:
        """The file that lists the plugged machines."""
        return self.runtime / "machines.json"

    @property
    def namespace_prefix(self) -> str:
        """What the name of each namespace of this lab begins with.

        A lab's name holds no dot, so no other lab's namespaces begin with it.
        """
        return f"demarc.{self.name}."

    def namespace(self, part: str) -> str:
        """The network namespace of ``part`` (``h1``, ``pe1``, ``c01``, ``acme-berlin``…)."""
        return self.namespace_prefix + part
