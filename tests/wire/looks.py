"""What can be seen in the lab: pings, routes, and packets that pass an interface."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lab import Lab, inside


def pings(lab: Lab, where: str, address: str, *options: str) -> bool:
    """Whether one echo came back within a second."""
    return lab.exec(where, "ping", "-n", "-c", "1", "-W", "1", *options, address).returncode == 0


def routes(lab: Lab, site: str) -> set[str]:
    """The prefixes that a site has routes to, of both families."""
    text = lab.exec(site, "ip", "-4", "route").stdout + lab.exec(site, "ip", "-6", "route").stdout
    return {line.split()[0] for line in text.splitlines()}


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
