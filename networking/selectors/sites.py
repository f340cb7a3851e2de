"""Sites, with what lists and pages show of them."""

from uuid import UUID

from django.db.models import QuerySet

from networking.models import Site
from networking.selectors.base import one, visible
from networking.selectors.changes import unfinished_state
from tenants.access import Actor


def sites(actor: Actor, *, q: str = "") -> QuerySet[Site]:
    """The sites by name, with attachment, router and region; `unfinished` as networks have it.
    `q` is part of a name."""
    rows = (
        visible(Site.objects.all(), actor)
        .select_related("attachment__router", "attachment__fabric__region")
        .annotate(unfinished=unfinished_state())
        .order_by("name", "id")
    )
    return rows.filter(name__icontains=q.strip()) if q else rows


def site(actor: Actor, site_id: UUID) -> Site:
    """One site, as in the list. Raises Missing."""
    return one(sites(actor), site_id, "site")
