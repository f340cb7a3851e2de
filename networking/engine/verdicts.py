"""What hosts, routers and sites said of a change, in words. Pure but for the row that it fills."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from networking.backends.base import Session
from networking.engine.words import clock, duration, listing
from networking.intent import Site
from networking.models import Change, Verdict
from networking.planning import Action, Plan

PREFIX_FIELDS = ("ipv4_prefix", "ipv6_prefix")


@dataclass(frozen=True, slots=True)
class SiteSighting:
    """What a router said of a site once it had taken up an intent, at `at` (UTC).

    `held` are the prefixes that the site had been sent before, `down` a session of it on which
    no routes are exchanged.
    """

    site: Site
    at: datetime
    held: frozenset[str]
    down: Session | None = None


def host_verdict(change: Change, host: str, at: datetime) -> Verdict:
    """The host forwards as the change wants it since `at`."""
    seconds = _since(change, at)
    text = f"{host} enforces it after {duration(seconds)}"
    return _verdict(change, "host", host, text, at, seconds)


def silent_host_verdict(change: Change, host: str, since: datetime, at: datetime) -> Verdict:
    """The host did not answer; it goes on forwarding as it did."""
    text = f"{host} is silent since {clock(since)}; it catches up when it returns"
    return _verdict(change, "host", host, text, at, behind=True)


def caught_up(verdict: Verdict, at: datetime) -> Verdict:
    """The late note on the verdict of a host that was silent."""
    seconds = _since(verdict.change, at)
    verdict.state, verdict.seconds, verdict.at = Verdict.State.OK, seconds, at
    verdict.text = f"{verdict.subject_name} caught up after {duration(seconds)}"
    return verdict


def fabric_verdict(
    change: Change, fabric: str, hosts: int, silent: Sequence[tuple[str, datetime]], at: datetime
) -> Verdict:
    """How many of the hosts enforce the change, and who is left behind."""
    seconds = _since(change, at)
    text = enforced(hosts - len(silent), hosts)
    text += _but(silent) if silent else f" after {duration(seconds)}"
    return _verdict(change, "fabric", fabric, text, at, seconds, behind=bool(silent))


def quiet_verdict(
    change: Change, fabric: str, plan: Plan, silent: Sequence[tuple[str, datetime]], at: datetime
) -> Verdict:
    """The plan is where hosts read it; none of them was asked, so it speaks of no single one."""
    seconds = _since(change, at)
    text = f"nothing to do on {fabric}"
    if plan:
        text = f"{_moved(plan)} after {duration(seconds)}: hosts read it southbound{_but(silent)}"
    return _verdict(change, "fabric", fabric, text, at, seconds)


def _moved(plan: Plan) -> str:
    """`group shop is in force`; the names are those that people gave."""
    nouns = dict.fromkeys(
        f"{step.noun.type} {step.noun.name}" for step in plan.steps if step.noun.name
    )
    gone = all(step.action is Action.DELETE for step in plan.steps)
    verb = "are" if len(nouns) > 1 else "is"
    return f"{listing(list(nouns), 'groups') or 'it'} {verb} {'gone' if gone else 'in force'}"


def _but(silent: Sequence[tuple[str, datetime]]) -> str:
    if not silent:
        return ""
    names = listing([name for name, _ in silent], "hosts")
    return f"; {names} silent since {clock(min(since for _, since in silent))}"


def enforced(live: int, hosts: int) -> str:
    """The count as people read it."""
    return f"enforced on {live} of {hosts} host{'' if hosts == 1 else 's'}"


def router_verdict(change: Change, router: str, at: datetime) -> Verdict:
    """The router was read back and holds what the change wants."""
    seconds = _since(change, at)
    text = f"{router} carries it after {duration(seconds)}"
    return _verdict(change, "router", router, text, at, seconds)


def site_verdict(change: Change, seen: SiteSighting) -> Verdict | None:
    """What the site learned and forgot by this change; None when it is not concerned."""
    before, after = _prefixes(change, seen.site)
    advertised = set(seen.site.advertised)
    gained, lost = sorted(after & advertised), sorted(before - advertised)
    name = seen.site.name
    if seen.down is not None and (gained or _is_subject(change, seen.site)):
        return _verdict(change, "site", name, _down(name, seen.down), seen.at, behind=True)
    # What a create brings was not there before it, even if a killed worker had sent it already.
    new = change.verb == Change.Verb.CREATE
    learned = [prefix for prefix in gained if new or prefix not in seen.held]
    forgot = [prefix for prefix in lost if prefix in seen.held]
    done = [
        f"{verb} {listing(prefixes, 'prefixes')}"
        for verb, prefixes in (("learned", learned), ("forgot", forgot))
        if prefixes
    ]
    if done:
        seconds = _since(change, seen.at)
        text = f"{name} {' and '.join(done)} after {duration(seconds)}"
        return _verdict(change, "site", name, text, seen.at, seconds)
    if gained:
        text = f"{name} has {listing(gained, 'prefixes')}"
    elif lost:
        text = f"{name} does not have {listing(lost, 'prefixes')}"
    elif _is_subject(change, seen.site):
        text = f"{name}'s BGP session is up"
    else:
        return None
    return _verdict(change, "site", name, text, seen.at)


def awaited(change: Change) -> set[str]:
    """The prefixes that a site learns by this change, as far as the change names them."""
    return _named(change.after) if change.subject_type == "network" else set()


def returned(verdict: Verdict, sent: Collection[str], at: datetime) -> Verdict:
    """The late note on the verdict of a site whose session was down."""
    change, name = verdict.change, verdict.subject_name
    wanted = awaited(change) if change.subject_type == "network" else set(sent)
    learned = sorted(wanted & set(sent))
    verdict.state, verdict.at, verdict.seconds = Verdict.State.OK, at, _since(change, at)
    what = f"learned {listing(learned, 'prefixes')}" if learned else "returned"
    verdict.text = f"{name} {what} at {clock(at)}, {duration(verdict.seconds)} after the change"
    return verdict


def _down(name: str, session: Session) -> str:
    if session.since is None:
        # It was never up: the router's reasons are those of its beginning, and pass.
        return f"{name}'s BGP session is not up yet; it learns when it is"
    why = f": {session.reason}" if session.reason else ""
    return f"{name}'s BGP session is down ({session.state}{why}); it learns when it returns"


def _is_subject(change: Change, site: Site) -> bool:
    return change.subject_type == "site" and str(change.subject_id) == site.id


def _prefixes(change: Change, site: Site) -> tuple[set[str], set[str]]:
    """The prefixes that the change is about, before and after it, as far as the site goes."""
    if change.subject_type == "network":
        return _named(change.before), _named(change.after)
    if _is_subject(change, site):
        return set(), set(site.advertised)
    return set(), set()


def _named(fields: dict[str, object]) -> set[str]:
    return {str(fields[name]) for name in PREFIX_FIELDS if fields.get(name)}


def _since(change: Change, at: datetime) -> float:
    """Seconds from the change's acceptance; a host's clock may be a little behind ours."""
    return max(0.0, (at - change.created_at).total_seconds())


def _verdict(
    change: Change,
    subject_type: str,
    name: str,
    text: str,
    at: datetime,
    seconds: float | None = None,
    *,
    behind: bool = False,
) -> Verdict:
    return Verdict(
        tenant_id=change.tenant_id,
        change=change,
        subject_type=subject_type,
        subject_name=name,
        state=Verdict.State.BEHIND if behind else Verdict.State.OK,
        text=text[: Verdict._meta.get_field("text").max_length],
        seconds=seconds,
        at=at,
    )
