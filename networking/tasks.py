"""Celery doors: each calls the engine or the collector with a primary key.

A message may be lost or come twice; the sweeps make up for the one, the claims for the other. A
message of a sweep expires before the next sweeps pile up behind a busy worker.
"""

from typing import Any
from uuid import UUID

from celery import Celery, current_app, shared_task

from networking import collector
from networking.engine import devices, drift, lifetimes, sweep
from networking.engine.reconcile import reconcile as reconcile_scope

SWEEP = 5.0  # seconds
ORPHANS = 60.0  # seconds
MEASURE = 60.0  # seconds
LIFETIMES = 60.0  # seconds
UPKEEP = 3600.0  # seconds
EXPIRY = 30.0  # seconds


@shared_task
def reconcile(scope_id: str) -> None:
    """Bring one scope's device to what its tenant wants."""
    reconcile_scope(UUID(scope_id))


@shared_task
def sweep_abandoned() -> None:
    """Hand out the scopes that wait for a worker."""
    for scope_id in sweep.abandoned():
        reconcile.apply_async((str(scope_id),), expires=EXPIRY)


@shared_task
def check_drift(scope_id: str) -> None:
    """Compare one scope's device with what its tenant wants, and repair it."""
    drift.check(UUID(scope_id))


@shared_task
def sweep_drift() -> None:
    """Hand out the scopes at rest that nobody looked at for a minute."""
    for scope_id in sweep.unobserved():
        check_drift.apply_async((str(scope_id),), expires=EXPIRY)


@shared_task
def collect() -> None:
    """Ask every device how it is."""
    for fabric_id in devices.fabric_ids():
        collect_fabric.apply_async((str(fabric_id),), expires=SWEEP)
    for router_id in devices.router_ids():
        collect_router.apply_async((str(router_id),), expires=SWEEP)


@shared_task
def collect_fabric(fabric_id: str) -> None:
    """Hosts, ports and VIP members of one fabric."""
    collector.collect_fabric(UUID(fabric_id))


@shared_task
def collect_router(router_id: str) -> None:
    """BGP sessions of one router."""
    collector.collect_router(UUID(router_id))


@shared_task
def measure() -> None:
    """Ask every fabric what its hosts counted."""
    for fabric_id in devices.fabric_ids():
        measure_fabric.apply_async((str(fabric_id),), expires=MEASURE)


@shared_task
def measure_fabric(fabric_id: str) -> None:
    """What ports, VIPs and rules counted on the hosts of one fabric."""
    collector.measure_fabric(UUID(fabric_id))


@shared_task
def keep_counters() -> None:
    """Have tables for the months that come, and none for samples of long ago."""
    collector.keep_counters()


@shared_task
def find_orphans() -> None:
    """Report what devices hold for tenants that have nothing there."""
    for fabric_id in devices.fabric_ids():
        collector.find_fabric_orphans(fabric_id)
    for router_id in devices.router_ids():
        collector.find_router_orphans(router_id)


@shared_task
def sweep_lifetimes() -> None:
    """Count what is there and is not counted, and nothing that is gone."""
    lifetimes.sweep()


@current_app.on_after_finalize.connect
def schedule(sender: Celery, **_: Any) -> None:
    """What the beat sends, and how often."""
    sender.add_periodic_task(SWEEP, sweep_abandoned.s(), name="sweep abandoned", expires=SWEEP)
    sender.add_periodic_task(SWEEP, sweep_drift.s(), name="sweep drift", expires=SWEEP)
    sender.add_periodic_task(SWEEP, collect.s(), name="collect", expires=SWEEP)
    sender.add_periodic_task(MEASURE, measure.s(), name="measure", expires=MEASURE)
    sender.add_periodic_task(UPKEEP, keep_counters.s(), name="keep counters", expires=UPKEEP)
    sender.add_periodic_task(ORPHANS, find_orphans.s(), name="find orphans", expires=ORPHANS)
    sender.add_periodic_task(
        LIFETIMES, sweep_lifetimes.s(), name="sweep lifetimes", expires=LIFETIMES
    )
