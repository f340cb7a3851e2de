"""Run inside the product (`manage.py shell`): does every device hold what is wanted?"""

import sys

from django.db import connection

from networking.backends.base import BackendError
from networking.engine.claim import device_of, load, reference
from networking.engine.compare import differences, plan_for
from networking.engine.device import open_fabric, open_router
from networking.engine.snapshot import snapshot
from networking.engine.unfinished import IN_PLACE
from networking.models import Scope
from portal.lib.db import DatabaseRole, acting_as

END = "end"


def serve() -> None:
    """Compare at each line of input."""
    for _ in sys.stdin:
        main()
        sys.stdout.write(f"{END}\n")
        sys.stdout.flush()
        connection.close()


def main() -> None:
    """Print a line for each scope whose device holds something else, and how many were read."""
    with acting_as(DatabaseRole.WORKER):
        found = Scope.objects.filter(IN_PLACE, wanted__gt=0).values_list("pk", flat=True)
        scopes = [load(pk) for pk in found]
    for scope in scopes:
        device = device_of(scope)
        opened = open_router(device) if device.is_router else open_fabric(device)
        try:
            with opened as backend:
                plan = plan_for(backend, reference(scope), snapshot(scope.pk))
        except BackendError as error:
            sys.stdout.write(f"differs: {scope.tenant.slug} on {device.name}: {error}\n")
            continue
        if plan:
            sys.stdout.write(
                f"differs: {scope.tenant.slug} on {device.name}: {differences(plan)}\n"
            )
    sys.stdout.write(f"compared: {len(scopes)}\n")
