"""A network's life, from the form to a machine's ping and back to nothing."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser import acts
from tests.browser.conftest import MakeVisitor
from tests.polling import eventually
from tests.stack import Stack

ADMIN = "admin@acme.example"
LEARN_WITHIN = 15.0  # seconds


def test_a_network_comes_into_force_and_goes_again(
    visit: MakeVisitor, stack: Stack, artefacts: Path
) -> None:
    visitor = visit(ADMIN)
    # Just after the start, sites are still to come up.
    visitor.go("/t/acme/")
    health = visitor.page.locator(".health")
    expect(health).to_contain_text("Your network is well.", timeout=acts.CHANGE_WITHIN * 1000)
    prefix = acts.add_network(visitor, "acme", "story")
    visitor.look("network-review")
    made = acts.follow_change(visitor)
    visitor.look("change-done")
    assert {"host h1", "host h2", "router pe1"} <= kinds(made), made.verdicts
    assert any(f"learned {prefix}" in text for text in made.verdicts), made.verdicts
    learned = eventually(lambda: str(prefix) in stack.routes("acme-berlin"), within=LEARN_WITHIN)
    assert str(prefix) in stack.routes("acme-munich")
    assert str(prefix) not in stack.routes("globex-oslo")
    visitor.follow("story")
    expect(visitor.page.locator("dl.facts dd").first).to_contain_text("Enforced")
    network = visitor.path
    address = acts.add_port(visitor, "story-1")
    expect(visitor.page.locator("dl.facts dd").first).to_have_text("Up")
    assert acts.fact(visitor, "Host") in {"h1", "h2"}
    visitor.look("port-up")
    eventually(lambda: stack.pings("acme-berlin", str(address)), within=acts.MACHINE_WITHIN)
    assert stack.pings("story-1", "10.1.0.11")

    acts.delete(visitor)
    visitor.go(network)
    gone = acts.delete(visitor)
    eventually(lambda: str(prefix) not in stack.routes("acme-berlin"), within=LEARN_WITHIN)
    (artefacts / "timings.txt").write_text(
        f"network done {made.seconds:.2f} s after the click, learned {learned:.2f} s later; "
        f"deleted after {gone.seconds:.2f} s\n" + "\n".join((*made.verdicts, *gone.verdicts, ""))
    )
    with visitor.expecting(404):
        visitor.go(network)
        expect(visitor.heading()).to_be_visible()
        assert visitor.page.title().startswith("There is no such page")


def kinds(change: acts.Followed) -> set[str]:
    """The devices among the verdicts, such as "host h1"."""
    words = [text.split() for text in change.verdicts]
    return {f"{kind.lower()} {name}" for kind, name, *_ in words}
