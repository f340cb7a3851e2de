"""The stages of `demarc test`: what each runs, what it needs, and what it counted."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.fabric import why_not_here


@dataclass(frozen=True)
class Stage:
    """One run of pytest."""

    name: str
    select: str
    """pytest's marker expression."""
    options: tuple[str, ...] = ()
    beside: bool = False
    """Whether it runs beside the others, on what they leave of the processors."""


# Two processors are what the tests are timed on. Unit tests keep both busy, wire and browser tests
# wait as much as they work: side by side they take no longer than their work. Stealing keeps the
# tests of a file, which share their servers, together until one side idles; a file of the others
# stays with its lab, of which two stand.
STAGES = (
    Stage("unit", "not wire and not browser", ("-n", "2", "--dist", "worksteal"), beside=True),
    Stage("wire", "wire and not browser", ("-n", "2", "--dist", "loadfile")),
    Stage("browser", "browser", ("-n", "2", "--dist", "loadfile")),
)
# What a person who names tests wants is those tests, whatever their markers.
CHOSEN = Stage("chosen", "")


@dataclass
class Outcome:
    """What the stages counted together."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    left_out: list[str] = field(default_factory=list)
    """Sentences: what did not run, and why."""

    def add(self, report: Path, stage: str) -> None:
        """Add the counts of pytest's JUnit report."""
        for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314 - our own
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed += 1
            elif (skip := case.find("skipped")) is not None:
                self.skipped += 1
                why = skip.get("message", "")
                self.left_out.append(f"{stage}: {case.get('classname')}.{case.get('name')}: {why}")
            else:
                self.passed += 1

    @property
    def ran(self) -> int:
        """How many tests came to an end, whatever end."""
        return self.passed + self.failed + self.skipped

    def line(self) -> str:
        """The last line of the command."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def why_not(stage: Stage) -> str | None:
    """Why this account or system cannot run `stage`, or None."""
    return None if stage.name == "unit" else why_not_here()


def argv(python: Path, stage: Stage, report: Path, extra: Sequence[str]) -> list[str]:
    """The command of one stage."""
    selection = ["-m", stage.select] if stage.select else []
    return [
        *(str(python), "-m", "pytest", *selection, *stage.options),
        *(f"--junitxml={report}", "-o", "junit_family=xunit1", *extra),
    ]
