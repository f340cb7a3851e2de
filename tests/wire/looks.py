"""What can be seen in the lab: pings, routes, and packets that pass an interface."""

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lab import Lab, inside

PINGS_A_SECOND = 50


def pings(lab: Lab, where: str, address: str, *options: str) -> bool:
    """Whether one echo came back within a second."""
    return lab.exec(where, "ping", "-n", "-c", "1", "-W", "1", *options, address).returncode == 0


def pings_steadily(lab: Lab, where: str, address: str) -> bool:
    """Whether ten echoes in a row came back, so that no router on the way has to find a neighbour
    first: what comes meanwhile is held back for it, or gets lost."""
    argv = ("ping", "-n", "-q", "-c", "10", "-i", "0.02", address)
    return "10 received" in lab.exec(where, *argv).stdout


def routes(lab: Lab, site: str) -> set[str]:
    """The prefixes that a site has routes to, of both families."""
    text = lab.exec(site, "ip", "-4", "route").stdout + lab.exec(site, "ip", "-6", "route").stdout
    return {line.split()[0] for line in text.splitlines()}


@contextmanager
def pinging(lab: Lab, where: str, address: str, seconds: float) -> Iterator[list[int]]:
    """Ping fifty times a second, for `seconds` that begin with the block; once it has ended, the
    list holds the sequence numbers, from 1, of those that nobody answered within a second."""
    sent = round(seconds * PINGS_A_SECOND)
    # After its last request ping waits for no longer than twice the slowest answer, however many
    # are missing: so it sends on for a second, and what it sends by then doesn't count.
    argv = ["ping", "-n", "-i", str(1 / PINGS_A_SECOND), "-c", str(sent + PINGS_A_SECOND), address]
    command = inside.command(lab.place, lab.plan, where, argv)
    lost: list[int] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield lost
        said, _ = process.communicate(timeout=seconds + 10)
    answered = {int(number) for number in re.findall(r"icmp_seq=(\d+) ttl", said)}
    assert answered, said
    lost += sorted(set(range(1, sent + 1)) - answered)


@contextmanager
def tapped(lab: Lab, where: str, interface: str, *expression: str) -> Iterator[list[str]]:
    """Capture at an interface during the block; the list gets a line for each packet."""
    # Short pieces in a large buffer: else it loses packets of a bulk transfer.
    keep = ["--immediate-mode", "-s", "256", "-B", "8192"]
    argv = ["timeout", "120", "tcpdump", *keep, "-lnei", interface, *expression]
    packets: list[str] = []
    told: list[str] = []
    ready = threading.Event()

    def listen(errors: Iterator[str]) -> None:
        for line in errors:
            told.append(line)
            if "listening on" in line:
                ready.set()

    def collect(output: Iterator[str]) -> None:
        # A blank line is what tcpdump takes its leave with.
        for line in filter(str.strip, output):
            packets.append(line)

    with subprocess.Popen(
        inside.command(lab.place, lab.plan, where, argv),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        readers = [
            threading.Thread(target=listen, args=(process.stderr,)),
            threading.Thread(target=collect, args=(process.stdout,)),
        ]
        for reader in readers:
            reader.start()
        try:
            assert ready.wait(10), f"no capture at {where}: {told}"
            yield packets
        finally:
            process.terminate()
            for reader in readers:
                reader.join()
