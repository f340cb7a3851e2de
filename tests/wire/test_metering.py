"""Traffic that is charged for: stored to the byte, once, whatever dies meanwhile."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from lab import Lab
from networking import collector
from networking.collector import heads
from networking.models import CounterHead
from portal.lib.db import DatabaseRole, acting_as
from tests.lab.byhand import eventually
from tests.networking.collector.measured import counted, flags
from tests.wire.portal import settle
from tests.wire.story import Story, told
from tests.wire.traffic import call, serving, transfer

pytestmark = pytest.mark.wire

BERLIN = "acme-berlin"
SENT = 50_000_000
PORT = 80
LAG = 30  # seconds: a switch writes down every 5 what its ports counted

Counts = tuple[int, int, int, int]


@pytest.fixture(scope="module")
def story(lab: Lab, django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    """Acme's machines web-1 and web-2, on a host each."""
    with told(lab, django_db_blocker) as running:
        web = running.acme.add_network("web", "10.1.0.0/24").subject_id
        for name in ("web-1", "web-2"):
            running.acme.add_port(web, name)
        settle()
        eventually(lambda: len(lab.machines()) == 2, within=LAG)
        running.provider.collect()
        yield running


def own(lab: Lab, name: str) -> Counts:
    """What a machine's card counted: bytes in, bytes out, packets in, packets out."""
    text = lab.exec(f"acme/{name}", "cat", "/proc/net/dev").stdout
    fields = text.partition("eth0:")[2].split()
    return int(fields[0]), int(fields[8]), int(fields[1]), int(fields[9])


def last(story: Story, name: str) -> Counts | None:
    """What the portal read last of a machine."""
    with acting_as(DatabaseRole.WORKER):
        rows = CounterHead.objects.filter(noun_id=story.acme.port(name).pk).order_by("-at")
        counts = rows.values_list("bytes_in", "bytes_out", "packets_in", "packets_out")
        return counts.first()


def agreed(story: Story, name: str) -> tuple[Counts, Counts] | None:
    """What the machine's card counted, and what is stored, once the portal has read the same."""
    card = own(story.lab, name)
    collector.measure_fabric(story.provider.fabric_id)
    if last(story, name) == card == own(story.lab, name):
        return card, counted(story.acme.port(name).pk)
    return None


def settled(story: Story) -> dict[str, tuple[Counts, Counts]]:
    """The same of both machines."""
    return {
        name: eventually(lambda n=name: agreed(story, n), within=LAG) for name in ("web-1", "web-2")
    }


def grown(before: Counts, after: Counts) -> Counts:
    bytes_in, bytes_out, packets_in, packets_out = (
        now - then for then, now in zip(before, after, strict=True)
    )
    return bytes_in, bytes_out, packets_in, packets_out


def send_through_a_crash(story: Story, address: str) -> None:
    """The switch of the sender dies in the middle, and comes back."""
    lab, start = story.lab, own(story.lab, "web-1")[1]
    host = next(row.host for row in lab.machines() if row.name == "web-1")
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(transfer, lab, "acme/web-1", address, PORT, SENT, "acme/web-2")
        eventually(lambda: own(lab, "web-1")[1] - start > SENT / 10)
        lab.fail("switch", host)
        collector.measure_fabric(story.provider.fabric_id)
        assert own(lab, "web-1")[1] - start < SENT
        lab.heal("switch", host)
        sent.result()


def kill_a_worker_that_stores(story: Story) -> None:
    """It has written samples and hours, and not yet what it read last."""

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    connection.close()  # a process of its own has a connection of its own
    child = os.fork()
    if child == 0:
        heads.write = die
        collector.measure_fabric(story.provider.fabric_id)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def test_what_machines_send_is_stored_to_the_byte_and_once(story: Story) -> None:
    """Between hosts and to a site, through a crash of the switch and the death of a worker."""
    lab = story.lab
    server = str(story.acme.port("web-2").ipv4_address)
    site = str(next(one for one in lab.plan.sites if one.name == BERLIN).host_v4.ip)
    with serving(lab, "acme/web-2", "tcp", PORT), serving(lab, BERLIN, "tcp", PORT):
        for address, name in ((server, "acme/web-2"), (site, BERLIN)):
            eventually(
                lambda a=address, n=name: call(lab, "acme/web-1", "tcp", a, PORT) == n, within=LAG
            )
        before = settled(story)
        send_through_a_crash(story, server)
        kill_a_worker_that_stores(story)
        eventually(lambda: call(lab, "acme/web-1", "tcp", site, PORT) == BERLIN, within=LAG)
        transfer(lab, "acme/web-1", site, PORT, SENT, BERLIN)
        kill_a_worker_that_stores(story)
        after = settled(story)
    for name in ("web-1", "web-2"):
        cards, stored = (
            grown(old, new) for old, new in zip(before[name], after[name], strict=True)
        )
        assert stored == cards
        assert "reset" not in flags(story.acme.port(name).pk)
    sent, received = grown(before["web-1"][1], after["web-1"][1])[1::-1]
    # Servers send all of it back; what a dead switch lost was sent again.
    for size in (sent, received):
        assert 2 * SENT < size < 3 * SENT
    assert SENT < grown(before["web-2"][1], after["web-2"][1])[0] < 2 * SENT


def test_another_sweep_stores_nothing_twice(story: Story) -> None:
    before = settled(story)
    for _ in range(3):
        collector.measure_fabric(story.provider.fabric_id)
    after = settled(story)
    for name in ("web-1", "web-2"):
        cards, stored = (
            grown(old, new) for old, new in zip(before[name], after[name], strict=True)
        )
        assert stored == cards


def test_a_machine_that_moves_counts_what_it_sends_on_its_new_host(story: Story) -> None:
    """Its card there begins at 0, and nothing of what it sent before counts again."""
    lab, port = story.lab, story.acme.port("web-1")
    server = str(story.acme.port("web-2").ipv4_address)
    (old,) = (row for row in lab.machines() if row.name == "web-1")
    (new,) = (host.name for host in lab.hosts if host.name != old.host)
    before = settled(story)["web-1"][1]
    lab.unplug(old.logical)
    collector.measure_fabric(story.provider.fabric_id)
    lab.plug(old.logical, old.mac, tenant=old.tenant, name=old.name, host=new)
    with serving(lab, "acme/web-2", "tcp", PORT):
        eventually(lambda: call(lab, "acme/web-1", "tcp", server, PORT) == "acme/web-2", within=LAG)
        transfer(lab, "acme/web-1", server, PORT, 1_000_000, "acme/web-2")
        card, after = settled(story)["web-1"]
    assert flags(port.pk).count("moved") == 1
    assert card[1] > 1_000_000
    assert grown(before, after) == card
