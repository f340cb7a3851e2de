"""Celery doors of what spans the apps."""

from datetime import timedelta
from typing import Any

from celery import Celery, current_app, shared_task
from django.conf import settings

from networking import alerts
from portal.services.alerts import tell
from tenants.sessions import SessionStore

WATCH = 15.0  # seconds
HOUR = 3600.0  # seconds


@shared_task
def watch_alerts() -> None:
    """Look what is wrong, and tell the provider's people what they do not know."""
    alerts.watch(timedelta(minutes=settings.ALERT_CHANGE_MINUTES))
    tell()


@shared_task
def sweep_sessions() -> None:
    """Remove the sessions that nobody can use any more."""
    SessionStore.clear_expired()


@current_app.on_after_finalize.connect
def schedule(sender: Celery, **_: Any) -> None:
    """What the beat sends, and how often."""
    sender.add_periodic_task(WATCH, watch_alerts.s(), name="watch alerts", expires=WATCH)
    sender.add_periodic_task(HOUR, sweep_sessions.s(), name="sweep sessions", expires=HOUR)
