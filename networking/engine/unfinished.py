"""Which scopes want a worker, in the database's own terms and by its own clock."""

from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Now

from networking.engine.backoff import LONGEST
from networking.models import Scope

# A fabric's scope is out of the workers' hands once it is applied: the verifier goes on with it.
UNFINISHED = Q(fabric__isnull=False, applied__lt=F("wanted")) | Q(
    router__isnull=False, verified__lt=F("wanted")
)
# A scope whose VRF went to another customer has nothing on the router any more.
IN_PLACE = Q(fabric__isnull=False) | ~Q(vrf="")
LEASE = timedelta(seconds=15)
# A lease that ends later than one can was given before the database's clock was put back; whoever
# still works under it is fenced by the token.
FREE = IN_PLACE & (
    Q(leased_until=None) | Q(leased_until__lt=Now()) | Q(leased_until__gt=Now() + 2 * LEASE)
)
PAUSE = timedelta(seconds=LONGEST)
# So does a try that is put off for longer than one can be.
DUE = Q(blocked=False) & (
    Q(retry_at=None) | Q(retry_at__lte=Now()) | Q(retry_at__gt=Now() + 2 * PAUSE)
)


def reopen(fabric_id: UUID) -> None:
    """Have what is applied to the fabric applied anew, all of it, because the intent depends on
    more than the tenants' changes. In the caller's transaction; what is verified stays so."""
    at_rest = Scope.objects.filter(fabric=fabric_id, wanted__gt=0, applied=F("wanted"))
    at_rest.update(applied=F("wanted") - 1, sent=F("wanted"))
