"""The Celery door of the mirror. Settings name this module where a mirror is configured."""

from typing import Any

from celery import Celery, current_app, shared_task

from networking.engine.mirror import mirror

EVERY = 60.0  # seconds


@shared_task
def mirror_to_netbox() -> None:
    """Make NetBox equal to what is here."""
    mirror()


@current_app.on_after_finalize.connect
def schedule(sender: Celery, **_: Any) -> None:
    """What the beat sends, and how often."""
    sender.add_periodic_task(EVERY, mirror_to_netbox.s(), name="mirror", expires=EVERY)
