"""Removes the rows of what was deleted, once no device holds it any more."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

from networking.models import Change, Group, Network, Port, Rule, Site, Vip
from networking.models.base import NounRow

# Who refers comes before what it refers to.
NOUNS: Mapping[str, type[NounRow]] = {
    model.audit_type: model for model in (Rule, Vip, Group, Port, Network, Site)
}


def retire(deletes: Iterable[Change]) -> None:
    """Remove the subjects of these changes, those of them that are deletes, and the rules that
    an import left out.

    They are done, so every scope that they touch was read back without the subject. A subject
    that was brought back since is no longer marked and stays.
    """
    gone: dict[str, list[UUID]] = {noun: [] for noun in NOUNS}
    for change in deletes:
        if change.verb == Change.Verb.DELETE and change.subject_type in gone:
            gone[change.subject_type].append(change.subject_id)
        elif change.subject_type == Rule.list_type:
            # It touched all that hold rules of the tenant, so what retired before is gone, too.
            Rule.objects.filter(
                tenant=change.tenant_id, retiring_at__lte=change.created_at
            ).delete()
    # A network takes along its ports, which retired with it; they refer to it and go first.
    _remove(Port, network__in=gone[Network.audit_type])
    for noun, ids in gone.items():
        _remove(NOUNS[noun], pk__in=ids)


def leftovers() -> None:
    """Remove what was deleted before any device was told of it: its change was done at once, by
    a role that may not remove rows. In the caller's transaction."""
    done = Change.objects.filter(
        verb=Change.Verb.DELETE, state=Change.State.DONE, subject_id=OuterRef("pk")
    )
    imported = Change.objects.filter(
        subject_type=Rule.list_type,
        state=Change.State.DONE,
        tenant=OuterRef("tenant"),
        created_at__gte=OuterRef("retiring_at"),
    )
    Rule.objects.filter(Exists(imported)).delete()
    for model in NOUNS.values():
        model._default_manager.filter(Exists(done), retiring_at__isnull=False).delete()


def _remove(model: type[models.Model], **which: list[UUID]) -> None:
    if all(which.values()):
        model._default_manager.filter(retiring_at__isnull=False, **which).delete()
