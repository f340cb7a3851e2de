"""Where things lie: the checkout, its virtual environment and the state that outlives a run."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cli.accounts import first_closed_folder, server_account
from cli.errors import CommandError

CHECKOUT = Path(__file__).resolve().parent.parent
# Root's state lies here rather than in the checkout: the embedded servers run as another account,
# which cannot pass a closed folder above the checkout, and no folder is opened for its sake.
# Not /var/lib/demarc: a router keeps its fences there, closed, and may share this file system.
SYSTEM_STATE = Path("/var/lib/demarc-portal")


@dataclass(frozen=True)
class Layout:
    """The folders of one checkout with one state."""

    checkout: Path
    state: Path

    @property
    def python(self) -> Path:
        """The virtual environment's interpreter."""
        return self.checkout / ".venv" / "bin" / "python"

    @property
    def bin(self) -> Path:
        """The virtual environment's programs."""
        return self.python.parent

    @property
    def logs(self) -> Path:
        """One log file for each process."""
        return self.state / "logs"

    @property
    def lab(self) -> Path:
        """The lab's own state."""
        return self.state / "lab"

    @property
    def lab_name(self) -> str:
        """The name under which the lab of this state runs, unique on the machine.

        `demo` by default; `DEMARC_LAB` names another, so that two may stand side by side.
        """
        return os.environ.get("DEMARC_LAB", "demo")

    @property
    def inventory(self) -> Path:
        """What the lab consists of, written by the lab once it stands."""
        return self.lab / "inventory.json"

    @property
    def demo(self) -> Path:
        """The demo customers' sign-ins, written by `manage.py demo`."""
        return self.state / "demo.json"

    def make(self) -> "Layout":
        """Create the state folders, passable but not listable for others; return self."""
        account = server_account()
        if self.state.parent == SYSTEM_STATE and not SYSTEM_STATE.exists():
            SYSTEM_STATE.mkdir()
            SYSTEM_STATE.chmod(0o711)
        if account is not None and (closed := first_closed_folder(self.state.parent, account)):
            raise CommandError(
                f"The state folder {self.state} cannot be reached by the account "
                f"{account.name!r}, which runs PostgreSQL: {closed} is closed to it. "
                "Name another folder in DEMARC_STATE."
            )
        self.state.mkdir(parents=True, exist_ok=True)
        if account is not None:
            self.state.chmod(0o711)
        else:
            self.state.chmod(0o700)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        return self


def default_layout() -> Layout:
    """The layout of this checkout; `DEMARC_STATE` overrides where its state lies."""
    if named := os.environ.get("DEMARC_STATE"):
        return Layout(CHECKOUT, Path(named).absolute())
    if os.geteuid() == 0:
        digest = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:8]
        return Layout(CHECKOUT, SYSTEM_STATE / digest)
    return Layout(CHECKOUT, CHECKOUT / ".state")
