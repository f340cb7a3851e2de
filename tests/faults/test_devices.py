"""Parts of the provider's network that die, hang, forget or are not who they were."""

from tests.faults import beat, hurt, truth
from tests.faults.caller import Caller
from tests.faults.mails import Mails
from tests.faults.parts import (
    another_key,
    broken,
    configuration,
    fail,
    forget_configuration,
    heal,
)
from tests.polling import eventually
from tests.stack import Stack

SEEN_WITHIN = 60.0  # seconds; the collector looks every 5 s
LEARNED_WITHIN = 60.0  # seconds; a site's bgpd that has just started takes some for its session
REGIONS, PROVIDER, DASHBOARD = "/msp/regions/", "/msp/", "/t/acme/"
UNREACHABLE = "The router cannot be reached"
ANOTHER = ("The router is not the one that was registered", "Nothing was sent")
NO_NORTHBOUND = "The northbound database cannot be reached"
UNCOMPILED = "has not worked out its flows yet"
# What the tests do not wait for: a minute until a scope at rest is looked at again.
LOOK_AGAIN = "UPDATE networking_scope SET swept_at = NULL"
SUBJECT = "SELECT subject_id::text FROM networking_change WHERE id = %s"
VRF, GATEWAY = "c01", "100.64.1.2"  # Acme's, in the lab


def test_a_change_waits_for_the_router_and_for_northd(
    stack: Stack, acme: Caller, operator: Caller
) -> None:
    """Both at once, as one takes a quarter of a minute to count as stopped."""
    body = acme.new_network("awaited")
    with broken(stack, ("northd",)):
        with broken(stack, ("router", "pe1")):
            change = acme.post("networks", body).json["id"]
            acme.wait_until_told(change, "Waiting", f"pe1: {UNREACHABLE}", "tried again by itself")
            beat.send(stack, beat.COLLECT)
            operator.wait_until_read(REGIONS, "Unreachable", UNREACHABLE, "Changes of 1 customer")
            acme.wait_until_read(DASHBOARD, f"waits: pe1: {UNREACHABLE}", "pe1 does not answer")
        with another_key(stack):
            acme.wait_until_told(change, "Blocked", *ANOTHER)
            operator.wait_until_read(REGIONS, *ANOTHER)
            operator.wait_until_read(PROVIDER, "is blocked: pe1:", *ANOTHER)
            acme.wait_until_read(DASHBOARD, "is blocked: pe1:", *ANOTHER)
            assert body["ipv4_prefix"] not in configuration(stack)
        # The right one is back: nobody has to touch the change.
        hurt.let_leases_end(stack)
        eventually(lambda: body["ipv4_prefix"] in configuration(stack), within=SEEN_WITHIN)
        said = acme.wait_until_told(change, "Waiting", UNCOMPILED)
        assert UNREACHABLE not in said
        operator.wait_until_read(REGIONS, "Changes of 1 customer wait", UNCOMPILED)
        acme.wait_until_read(DASHBOARD, UNCOMPILED)
    hurt.let_leases_end(stack)
    acme.wait_until_done(change)
    assert UNCOMPILED not in acme.page_of(change)
    assert UNCOMPILED not in operator.get(REGIONS).words
    acme.remove_networks("awaited")


def test_a_change_waits_for_a_host_and_never_for_a_site(
    stack: Stack, acme: Caller, operator: Caller, mails: Mails
) -> None:
    body = acme.new_network("unenforced")
    with broken(stack, ("controller", "h1"), ("host", "h2")):
        fail(stack, "site", "acme-berlin")
        change = acme.post("networks", body).json["id"]
        acme.wait_until_told(change, "Waiting", "No host is live: h1 and h2 silent since")
        operator.wait_until_read(REGIONS, "Silent", "No host is live: h1 and h2 silent since")
        acme.wait_until_read(DASHBOARD, "h1 is silent since", "Berlin is down")
        began = ("Host h1 on", "Host h2 on", "Site Berlin of Acme lost its BGP session")
        mails.wait_for(*began, "Change “Add network unenforced")
        heal(stack, "controller", "h1")
        hurt.let_leases_end(stack)
        acme.wait_until_done(change)
        said = acme.page_of(change)
        assert "enforced on 1 of 2 hosts" in said
        assert "h2 is silent since" in said
        assert "Berlin's BGP session is down" in said
        # It comes and goes.
        for act in (heal, fail, heal):
            act(stack, "site", "acme-berlin")
        learned = f"Berlin learned {body['ipv4_prefix']}"
        acme.wait_until_told(change, learned, within=LEARNED_WITHIN)
        assert body["ipv4_prefix"] in stack.routes("acme-berlin")
        acme.wait_until_read(DASHBOARD, "h2 is silent since")
    acme.wait_until_told(change, "enforced on 2 of 2 hosts", "h2 caught up")
    said = acme.wait_until_read(DASHBOARD, "Your network is well")
    assert "silent" not in said
    mails.wait_for_the_end("Host h1 on", "Host h2 on", "Site Berlin", "Change “Add network unen")
    acme.remove_networks("unenforced")


def test_without_the_northbound_database_a_change_waits_while_a_router_is_put_right(
    stack: Stack, acme: Caller, operator: Caller, mails: Mails
) -> None:
    with broken(stack, ("northbound",)):
        change = acme.add_network("unwritten")
        acme.wait_until_told(change, "Waiting", f"fra: {NO_NORTHBOUND}", "Berlin learned")
        beat.send(stack, beat.COLLECT)
        operator.wait_until_read(REGIONS, "Unreachable", NO_NORTHBOUND)
        acme.wait_until_read(DASHBOARD, f"fra does not answer: {NO_NORTHBOUND}")
        forget_configuration(stack)
        put_right(stack, operator, "Acme : site Berlin was missing", "Globex : site Oslo")
        eventually(lambda: stack.routes("acme-berlin"), within=LEARNED_WITHIN)
        eventually(lambda: stack.routes("globex-oslo"), within=LEARNED_WITHIN)
    hurt.let_leases_end(stack)
    acme.wait_until_done(change)
    assert NO_NORTHBOUND not in operator.get(REGIONS).words
    mails.wait_for("pe1 for Acme differed", "pe1 for Globex differed")
    mails.wait_for_the_end("pe1 for Acme", "pe1 for Globex")
    acme.remove_networks("unwritten")


def put_right(stack: Stack, operator: Caller, *words: str) -> None:
    """The sweep looks soon, and the page of regions says what it found and that it is right."""
    truth.rows(stack, LOOK_AGAIN)
    beat.send(stack, beat.DRIFT)
    operator.wait_until_read(REGIONS, "A sweep found it otherwise", "Put right", *words)


def test_what_somebody_alters_by_hand_is_shown_and_put_right(
    stack: Stack, acme: Caller, operator: Caller, mails: Mails
) -> None:
    body = acme.new_network("altered")
    change = acme.post("networks", body).json
    acme.wait_until_done(change["id"])
    route = f"ip route {body['ipv4_prefix']} {GATEWAY} tag 4200"
    words = ("configure terminal", f"vrf {VRF}", f"no {route}")
    stack.exec("pe1", "vtysh", *(part for line in words for part in ("-c", line)))
    assert route not in configuration(stack)
    ((subject,),) = truth.rows(stack, SUBJECT, change["id"])
    switch = f"dm-acme-network-{subject}"
    assert stack.exec("central", "ovn-nbctl", "ls-del", switch).returncode == 0
    put_right(stack, operator, "network altered was missing")
    assert switch in stack.exec("central", "ovn-nbctl", "ls-list").stdout
    eventually(lambda: route in configuration(stack), within=SEEN_WITHIN)
    mails.wait_for("fra for Acme differed", "pe1 for Acme differed")
    mails.wait_for_the_end("fra for Acme", "pe1 for Acme")
    assert acme.change(change["id"])["state"] == "done"
    acme.remove_networks("altered")
