"""The acts that the audit trail knows, by their codes, in words that a person reads. Pure.

An event keeps the code, which programs read; whoever records a new one gives it words here.
"""

from collections.abc import Iterable, Mapping
from typing import Final

CUSTOMERS: Final = ("network", "port", "group", "rule", "vip", "site")
DEVICES: Final = ("region", "fabric", "host", "router", "attachment")
NAMES: Final[Mapping[str, str]] = {"vip": "VIP"}  # of nouns that are not written as they are coded


def _on(nouns: Iterable[str], **done: str) -> dict[str, str]:
    return {
        f"{noun}.{verb}": f"{word} {NAMES.get(noun, noun)}"
        for noun in nouns
        for verb, word in done.items()
    }


WORDS: Final[Mapping[str, str]] = {
    **_on(CUSTOMERS, create="Added", update="Changed", delete="Deleted"),
    **_on(DEVICES, create="Added", update="Changed"),
    "alert.end": "Alert ended",
    "alert.open": "Alert began",
    "allowed_prefix.create": "Allowed prefix",
    "allowed_prefix.delete": "No longer allowed prefix",
    "attachment.delete": "Released attachment",
    "database.restore": "Restored database",
    "device.orphans": "Removed orphans of device",
    "membership.remove": "Removed member",
    "membership.role": "Changed member's role",
    "person.invite": "Invited person",
    "person.sign_in": "Signed in",
    "person.sign_in_refused": "Sign-in refused",
    "person.sign_out": "Signed out",
    "plan.create": "Added plan",
    "plan_version.create": "Began draft of a plan",
    "plan_version.discard": "Discarded draft of a plan",
    "plan_version.edit": "Changed draft of a plan",
    "plan_version.publish": "Published version of a plan",
    "rules.update": "Imported rules",
    "staff.role": "Changed role at the provider",
    "subscription.create": "Subscribed to plan",
    "tenant.act": "Began to act for customer",
    "tenant.act_end": "Ended acting for customer",
    "tenant.create": "Added customer",
    "tenant.rename": "Renamed customer",
    "tenant.state": "Changed customer's state",
    "token.create": "Added token",
    "token.revoke": "Revoked token",
}


def words_of(code: str) -> str:
    """What an event with this code is called; nothing for a code that is not known any more."""
    return WORDS.get(code, "")


def codes_called(text: str) -> list[str]:
    """The codes whose words contain a text, in whatever case."""
    return [code for code, words in WORDS.items() if text.casefold() in words.casefold()]
