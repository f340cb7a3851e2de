"""Alerts are watched by the clock, which tests move."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.utils import timezone

from networking.alerts import watch
from networking.models import Alert
from portal.lib.db import DatabaseRole, acting_as
from portal.services.alerts import tell
from tests.networking.engine.acts import Acts
from tests.networking.provider import Provider
from tests.world import World


@pytest.fixture
def acts(transactional_db: None, served: Provider, world: World) -> Acts:
    """What Acme's network engineer does."""
    return Acts(world.actor("acme", "network"), served)


class Watcher:
    """Looks, and tells, so many seconds after the test began."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.began = timezone.now()
        self.seconds = 0.0
        clock = SimpleNamespace(now=self.now)
        monkeypatch.setattr("networking.alerts.watcher.timezone", clock)

    def now(self):
        return self.began + timedelta(seconds=self.seconds)

    def after(self, seconds: float) -> list[str]:
        """Let time pass, look once, and tell; the subjects of the mails that went out."""
        self.seconds += seconds
        sent = len(mail.outbox)
        watch(timedelta(minutes=5))
        tell()
        return [one.subject for one in mail.outbox[sent:]]


@pytest.fixture
def watcher(monkeypatch: pytest.MonkeyPatch) -> Watcher:
    return Watcher(monkeypatch)


@pytest.fixture
def alerts() -> Callable[[], list[Alert]]:
    """All alerts, the oldest first."""

    def read() -> list[Alert]:
        with acting_as(DatabaseRole.WORKER):
            return list(Alert.objects.order_by("pk"))

    return read
