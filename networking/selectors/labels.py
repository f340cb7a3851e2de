"""Ports by their labels, without a look at all that a tenant has."""

from collections.abc import Mapping

from django.db.models import Q

from networking.models import PortLabel
from networking.selectors.base import visible
from tenants.access import Actor

FEW = 500
"""So many ports are named to the database; of a label that more have, a page is found soon."""


def labelled(actor: Actor, labels: Mapping[str, str | None]) -> Q:
    """The ports that have all of these labels; None stands for any value. At most one query for
    each label, whose rows are few.

    Where a label is rare, PostgreSQL would read every port of the tenant to fill a page, and it
    can't tell: its statistics know neither labels nor whose they are.
    """
    equal = {key: value for key, value in labels.items() if value is not None}
    which = Q(labels__contains=equal) if equal else Q()
    if anything := [key for key, value in labels.items() if value is None]:
        which &= Q(labels__has_keys=anything)
    for key, value in labels.items():
        rows = visible(PortLabel.objects.filter(key=key), actor)
        if value is not None:
            rows = rows.filter(value=value)
        # In the order of the index, or PostgreSQL may read the table in hope of a hit.
        found = rows.order_by("key", "value", "port_id").values_list("port_id", flat=True)
        ports = list(found[: FEW + 1])
        if len(ports) <= FEW:
            return which & Q(id__in=ports)
    return which
