"""What every service asks before it writes."""

import re
from uuid import UUID

from networking.models.base import NounRow
from portal.lib.errors import Refusal
from tenants.access import Actor, Capability, require

# A DNS label (RFC 1123, section 2.1), in lower case so that no two names differ by case alone.
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def writer_of(actor: Actor) -> UUID:
    """The tenant whose networks the actor may change. Raises Refusal when there is none."""
    require(actor, Capability.NETWORK_WRITE)
    if actor.tenant is None:
        raise Refusal("tenant-needed", "Say for which customer you act.", status=400)
    return actor.tenant.id


def check_version(subject: NounRow, expect: int | None) -> None:
    """Refuse an edit of something that was changed since it was read, or that is on its way out.

    `expect` is the version that the actor saw; None takes any.
    """
    noun = subject.audit_type
    if expect is not None and expect != subject.version:
        raise Refusal(
            "stale-version",
            f"{noun.capitalize()} {subject.name} was changed meanwhile: it is at version "
            f"{subject.version} and you saw {expect}. Read it again.",
            status=412,
        )
    if subject.retiring_at is not None:
        raise Refusal(
            "retiring",
            f"{noun.capitalize()} {subject.name} is being deleted. Wait until it is gone.",
            status=409,
        )


def check_label(name: str, noun: str) -> str:
    """The name as a DNS label. Raises Refusal with one that would do."""
    if LABEL.fullmatch(name):
        return name
    fitting = re.sub(r"[^a-z0-9]+", "-", name.lower())[:63].strip("-")
    hint = f" {fitting!r} would do." if fitting else ""
    raise Refusal(
        "name-invalid",
        f"{name!r} cannot be the name of a {noun}: use up to 63 lower-case letters, digits and "
        f"hyphens, with a letter or digit at both ends.{hint}",
        field="name",
    )


def taken_name(noun: str, name: str, *, retiring: bool) -> Refusal:
    """What is said of a name that another object of the tenant has."""
    if retiring:
        text = f"The {noun} {name} is still being deleted. Wait until it is gone, or take another."
    else:
        text = f"There is a {noun} {name} already. Take another name."
    return Refusal("name-taken", text, field="name")
