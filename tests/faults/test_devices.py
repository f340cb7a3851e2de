"""Parts of the provider's network that die, hang, forget or are not who they were."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults import truth
from tests.faults.caller import Caller
from tests.polling import eventually
from tests.stack import Stack

DOWN, UP = "fail", "heal"
SEEN_WITHIN = 60.0  # seconds; the collector looks every 5 s
LEARNED_WITHIN = 60.0  # seconds; a site's bgpd that has just started takes some for its session
# What the tests do not wait for: a minute until a scope at rest is looked at again.
LOOK_AGAIN = "UPDATE networking_scope SET swept_at = NULL"
DRIFT = """
    SELECT count(*) FROM networking_scope
    WHERE router_id IS NOT NULL AND drift ->> 'repaired_at' > %s
"""
NOW = "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')"


def lab(stack: Stack, act: str, *part: str) -> None:
    """Break or mend a part."""
    done = stack.demarc("lab", act, *part)
    assert done.returncode == 0, done.stderr


@contextmanager
def broken(stack: Stack, *parts: tuple[str, ...]) -> Iterator[None]:
    """Parts that are dead for the length of the block."""
    for part in parts:
        lab(stack, DOWN, *part)
    try:
        yield
    finally:
        lab(stack, UP)


def region_says(operator: Caller, *words: str) -> None:
    """The provider's page of regions says all of it, sooner or later."""
    eventually(
        lambda: all(word in operator.get("/msp/regions/").words for word in words),
        within=SEEN_WITHIN,
    )


def configuration(stack: Stack) -> str:
    """What the router runs."""
    return stack.exec("pe1", "vtysh", "-c", "show running-config").stdout


def test_without_northd_a_change_waits_and_says_for_what(stack: Stack, acme: Caller) -> None:
    with broken(stack, ("northd",)):
        change = acme.add_network("uncompiled")
        acme.wait_until_told(change, "Waiting", "has not worked out its flows yet")
    acme.wait_until_done(change)
    acme.remove_networks("uncompiled")


def test_with_all_hosts_silent_a_change_waits_for_the_first(
    stack: Stack, acme: Caller, operator: Caller
) -> None:
    with broken(stack, ("controller", "h1"), ("controller", "h2")):
        change = acme.add_network("unenforced")
        acme.wait_until_told(change, "Waiting", "No host is live: h1 and h2 silent since")
        region_says(operator, "Silent")
        lab(stack, UP, "controller", "h1")
        acme.wait_until_done(change)
        assert "enforced on 1 of 2 hosts" in acme.page_of(change)
    acme.wait_until_told(change, "enforced on 2 of 2 hosts", "h2 caught up")
    acme.remove_networks("unenforced")


def test_without_its_router_a_change_waits(stack: Stack, acme: Caller, operator: Caller) -> None:
    with broken(stack, ("router", "pe1")):
        change = acme.add_network("unrouted")
        acme.wait_until_told(change, "Waiting", "pe1: The router cannot be reached")
        region_says(operator, "The router cannot be reached")
    acme.wait_until_done(change)
    assert "The router cannot be reached" not in acme.page_of(change)
    acme.remove_networks("unrouted")


def test_a_router_with_another_host_key_is_sent_nothing(
    stack: Stack, acme: Caller, operator: Caller
) -> None:
    keys = stack.state / "lab" / "pe1" / "ssh"
    own = {path: path.read_bytes() for path in keys.glob("host_key*")}
    lab(stack, DOWN, "router", "pe1")
    for path in own:
        path.unlink()  # the lab makes others
    lab(stack, UP, "router", "pe1")
    try:
        body = acme.new_network("intercepted")
        change = acme.post("networks", body).json["id"]
        said = ("The router is not the one that was registered", "Nothing was sent")
        acme.wait_until_told(change, "Blocked", *said)
        region_says(operator, *said)
        assert body["ipv4_prefix"] not in configuration(stack)
    finally:
        lab(stack, DOWN, "router", "pe1")
        _restore(own)
        lab(stack, UP, "router", "pe1")
    # The right one is back: nobody has to touch the change.
    acme.wait_until_done(change)
    assert body["ipv4_prefix"] in configuration(stack)
    acme.remove_networks("intercepted")


def _restore(files: dict[Path, bytes]) -> None:
    for path, content in files.items():
        path.write_bytes(content)
        path.chmod(0o600)


def test_a_router_that_forgot_its_configuration_gets_it_back(
    stack: Stack, acme: Caller, globex: Caller
) -> None:
    ((begun,),) = truth.rows(stack, NOW)
    etc = stack.state / "lab" / "pe1" / "etc"
    lab(stack, DOWN, "router", "pe1")
    (etc / "frr.conf").write_text((etc / "base.conf").read_text())
    lab(stack, UP, "router", "pe1")
    assert "neighbor" not in configuration(stack)
    truth.rows(stack, LOOK_AGAIN)
    eventually(lambda: truth.rows(stack, DRIFT, begun) == [(2,)], within=SEEN_WITHIN)
    eventually(lambda: stack.routes("acme-berlin"), within=LEARNED_WITHIN)
    eventually(lambda: stack.routes("globex-oslo"), within=LEARNED_WITHIN)


def test_a_session_that_comes_and_goes_holds_nobody_up(stack: Stack, acme: Caller) -> None:
    body = acme.new_network("flapping")
    change = ""
    for _ in range(3):
        lab(stack, DOWN, "site", "acme-berlin")
        if not change:
            change = acme.post("networks", body).json["id"]
            acme.wait_until_done(change)
            acme.wait_until_told(change, "Berlin's BGP session is down")
        lab(stack, UP, "site", "acme-berlin")
    acme.wait_until_told(change, f"Berlin learned {body['ipv4_prefix']}", within=LEARNED_WITHIN)
    eventually(lambda: body["ipv4_prefix"] in stack.routes("acme-berlin"), within=LEARNED_WITHIN)
    acme.remove_networks("flapping")
