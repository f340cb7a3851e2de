"""What the beat sends every few seconds or every minute, sent at once."""

from functools import cache

from celery import Celery

from tests.stack import Stack

SWEEP = "networking.tasks.sweep_abandoned"
DRIFT = "networking.tasks.sweep_drift"
COLLECT = "networking.tasks.collect"
ALERTS = "portal.tasks.watch_alerts"


def send(stack: Stack, *tasks: str) -> None:
    """Have the stack's workers run these tasks next."""
    for task in tasks:
        _sender(stack.servers["REDIS_URL"]).send_task(task)


@cache
def _sender(broker: str) -> Celery:
    return Celery("faults", broker=broker, set_as_current=False)
