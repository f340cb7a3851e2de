"""What is done to the parts of the lab."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import control
from lab.place import Place
from tests.faults import beat
from tests.stack import Stack


def fail(stack: Stack, *part: str) -> None:
    """Break a part."""
    _lab(stack, "fail", *part)


def heal(stack: Stack, *part: str) -> None:
    """Mend a part, and have the devices looked at soon."""
    _lab(stack, "heal", *part)
    beat.send(stack, beat.COLLECT)


def _lab(stack: Stack, act: str, kind: str = "all", part: str = "") -> None:
    """Raises LabError."""
    place = Place(stack.environment["DEMARC_LAB"], stack.state / "lab")
    control.ask(place.control, {"act": act, "kind": kind, "part": part})


@contextmanager
def broken(stack: Stack, *parts: tuple[str, ...]) -> Iterator[None]:
    """Parts that are dead for the length of the block."""
    for part in parts:
        fail(stack, *part)
    try:
        yield
    finally:
        for part in parts:
            heal(stack, *part)


def configuration(stack: Stack) -> str:
    """What the router runs."""
    return stack.exec("pe1", "vtysh", "-c", "show running-config").stdout


@contextmanager
def another_key(stack: Stack) -> Iterator[None]:
    """A router that shows another host key than the one that is registered."""
    own = {path: path.read_bytes() for path in (stack.state / "lab/pe1/ssh").glob("host_key*")}
    fail(stack, "router", "pe1")
    for path in own:
        path.unlink()  # the lab makes others
    heal(stack, "router", "pe1")
    try:
        yield
    finally:
        fail(stack, "router", "pe1")
        _restore(own)
        heal(stack, "router", "pe1")


def _restore(files: dict[Path, bytes]) -> None:
    for path, content in files.items():
        path.write_bytes(content)
        path.chmod(0o600)


def forget_configuration(stack: Stack) -> None:
    """The router is started anew with what it had before it ever heard of a customer."""
    etc = stack.state / "lab" / "pe1" / "etc"
    fail(stack, "router", "pe1")
    (etc / "frr.conf").write_text((etc / "base.conf").read_text())
    heal(stack, "router", "pe1")
    assert "neighbor" not in configuration(stack)
