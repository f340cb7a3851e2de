"""What a device holds for tenants whom nobody knows is removed when an operator says so."""

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from networking.planning import Noun, Resource
from tenants.access import SYSTEM, acting_as
from tenants.models import AuditEvent
from tests.networking.engine.acts import Acts, held
from tests.networking.engine.deliver import deliver


def run(*words: str) -> str:
    said = StringIO()
    call_command("remove_orphans", *words, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize(("kind", "name"), [("fabric", "lab"), ("router", "pe1")])
def test_it_is_shown_and_then_removed_and_nothing_else(acts: Acts, kind: str, name: str) -> None:
    acts.add_network("kept", "10.1.5.0/24")
    deliver()
    before = held(name)
    assert run(name) == f"{name} holds nothing for unknown customers.\n"

    stranger, foreign = str(uuid4()), ""
    faults = acts.provider.faults(kind)
    for owner in (stranger, foreign):
        noun = Noun("network", f"n-{owner}", "stray")
        faults.plant(owner, Resource("route" if kind == "router" else "network", f"k-{owner}",
                                     {"vrf": "c09", "prefix": "10.9.0.0/24"}, noun))  # fmt: skip
    shown = run(name)
    assert shown.splitlines()[:2] == [f"Held by {name} for {stranger}:", "  network stray"]
    assert shown.endswith("add --yes.\n")
    assert run(name) == shown

    removed = run(name, "--yes")
    assert removed == f"Removed from {name} for {stranger}:\n  network stray\n"
    assert run(name) == f"{name} holds nothing for unknown customers.\n"
    assert held(name) == before
    with acting_as(SYSTEM):
        event = AuditEvent.objects.get(verb="device.orphans")
    assert (event.subject_name, event.detail["tenants"]) == (name, [stranger])


def test_a_device_that_is_not_there_is_named(acts: Acts) -> None:
    with pytest.raises(CommandError, match="no fabric and no router pe9"):
        run("pe9")


def test_a_device_that_does_not_answer_is_said_so(acts: Acts) -> None:
    acts.provider.faults("fabric").unreachable()
    with pytest.raises(CommandError, match=r"^lab: .+"):
        run("lab")
