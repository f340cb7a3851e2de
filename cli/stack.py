"""The processes of `demarc up`: one list, from which they are started, watched and stopped."""

import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from cli import fingerprint
from cli.backing import Backing, portal_env
from cli.fabric import Fabric
from cli.layout import Layout
from cli.ports import LOOPBACK
from cli.programs import Program, base_env

# Two processors are what this is measured on. There is one worker, so it need not look for others,
# which would take a second.
WORKER_OPTIONS = (
    *("--concurrency", "2", "--loglevel", "INFO"),
    *("--without-mingle", "--without-gossip", "--without-heartbeat"),
)
# The step that migrates runs Django's system checks, whenever the code has changed. Each of the
# others would spend as long on them as on all the rest of its start.
SKIP_CHECKS = ("--skip-checks",)
LAB_READY_S = 60.0
# What a killed task or request costs, the engine's sweep finds again.
SERVING_STOP_S = 8.0
# A cold database takes all migrations.
PREPARE_S = 180.0


@dataclass(frozen=True)
class Stack:
    """All that a run consists of."""

    layout: Layout
    backing: Backing
    fabric: Fabric
    port: int

    @property
    def url(self) -> str:
        """Where people find the portal."""
        return f"http://{LOOPBACK}:{self.port}"

    def env(self, *, admin: bool = False) -> dict[str, str]:
        """The environment of the portal's processes."""
        return base_env() | portal_env(
            self.layout, self.backing, fabric=self.fabric.kind, url=self.url, admin=admin
        )

    def programs(self) -> list[Program]:
        """Everything that runs, each naming what it waits for."""
        listed = [*self.backing.programs, self._collectstatic(), self._prepare(), self._demo()]
        if self.fabric.kind == "lab":
            listed.append(self._lab())
        return [*listed, *self._serving()]

    def _lab(self) -> Program:
        layout = self.layout
        # Of the last run; the lab writes it anew once it stands.
        layout.inventory.unlink(missing_ok=True)
        return Program(
            name="lab",
            label="Lab network",
            argv=(
                *(str(layout.python), "-m", "lab", "serve"),
                *("--name", layout.lab_name, "--state", str(layout.lab)),
            ),
            env=base_env(),
            ready=layout.inventory.exists,
            ready_within=LAB_READY_S,
            stop_within=30.0,
        )

    def _prepare(self) -> Program:
        code = fingerprint.of_code(self.layout.checkout)
        skip, done = self._marked("prepared", code)
        return Program(
            name="prepare",
            label="Migrations",
            argv=self._manage("prepare_database"),
            env=self.env(admin=True),
            after=self.backing.ready,
            step=True,
            skip=skip,
            done=done,
            ready_within=PREPARE_S,
        )

    def _demo(self) -> Program:
        layout, lab = self.layout, self.fabric.kind == "lab"
        arguments = ("--inventory", str(layout.inventory)) if lab else ()

        def mark() -> str:
            inventory = layout.inventory.read_text() if lab else ""
            return fingerprint.of_code(layout.checkout, self.fabric.kind, inventory)

        seeded, done = self._marked("seeded", mark)
        return Program(
            name="demo",
            label="Demo customers",
            argv=self._manage("demo", *arguments, *SKIP_CHECKS),
            env=self.env(admin=True),
            after=("prepare", *self.backing.queue_ready, *(("lab",) if lab else ())),
            step=True,
            skip=lambda: layout.demo.exists() and seeded is not None and seeded(),
            done=done,
            ready_within=PREPARE_S,
        )

    def _collectstatic(self) -> Program:
        checkout = self.layout.checkout
        mark = self.layout.state / "collected-static"
        files = [path for path in (checkout / "static").rglob("*") if path.is_file()]
        wanted = fingerprint.of_files([*files, checkout / "requirements.txt"])
        collected = checkout / "static-collected"

        def already() -> bool:
            return collected.is_dir() and mark.exists() and mark.read_text() == wanted

        return Program(
            name="collectstatic",
            label="Static files",
            argv=self._manage("collectstatic", "--noinput", "--verbosity", "0", *SKIP_CHECKS),
            env=self.env(),
            step=True,
            skip=already,
            done=lambda: _write(mark, wanted),
        )

    def _serving(self) -> list[Program]:
        bin_folder = self.layout.bin
        env = self.env() | {"CELERY_SKIP_CHECKS": "1"}
        celery = (str(bin_folder / "celery"), "-A", "portal")
        after = ("prepare", *self.backing.queue_ready)
        beat = str(self.layout.state / "beat-schedule")
        listed: list[tuple[str, str, tuple[str, ...], Callable[[], bool]]] = [
            ("web", "Web", self._granian(), self._lets_people_in),
            (
                "worker",
                "Workers",
                (*celery, "worker", *WORKER_OPTIONS),
                self._said("worker", "ready."),
            ),
            (
                "beat",
                "Schedule",
                (*celery, "beat", "-s", beat, "--pidfile="),
                self._said("beat", "Starting"),
            ),
            (
                "verifier",
                "Verifier",
                self._manage("verifier", *SKIP_CHECKS),
                self._said("verifier", "running"),
            ),
        ]
        return [
            Program(
                name=name,
                label=label,
                argv=argv,
                env=env,
                after=(*after, "collectstatic") if name == "web" else after,
                ready=ready,
                stop_within=SERVING_STOP_S,
            )
            for name, label, argv, ready in listed
        ]

    def _lets_people_in(self) -> bool:
        """Whether the servers answer, and the page on which people sign in."""
        return answers_ok(f"{self.url}/health/ready") and answers_ok(f"{self.url}/accounts/login/")

    def _said(self, name: str, text: str) -> Callable[[], bool]:
        """Whether a process has said `text` in the log of this run."""
        log = self.layout.logs / f"{name}.log"
        return lambda: log.exists() and text in log.read_text(errors="replace")

    def _granian(self) -> tuple[str, ...]:
        return (
            *(str(self.layout.bin / "granian"), "--interface", "asginl"),
            *("--host", LOOPBACK, "--port", str(self.port), "--workers", "1"),
            "portal.asgi:application",
        )

    def _manage(self, *arguments: str) -> tuple[str, ...]:
        return (str(self.layout.python), "manage.py", *arguments)

    def _marked(
        self, name: str, digest: str | Callable[[], str]
    ) -> tuple[Callable[[], bool] | None, Callable[[], None] | None]:
        """How to skip and to mark a step; a database that is not ours is never marked."""
        if self.backing.postgres is None:
            return None, None
        marks = fingerprint.DatabaseMarks(self.backing.postgres)

        def mark() -> str:
            return f"{name}={digest if isinstance(digest, str) else digest()}"

        return (lambda: marks.is_set(mark())), (lambda: marks.replace(name, mark()))


def answers_ok(url: str) -> bool:
    """Whether a GET of `url` answers 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own http URL
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _write(path: Path, text: str) -> None:
    path.write_text(text)
