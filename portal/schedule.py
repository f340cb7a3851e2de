"""The scheduler of the beat, which goes on when its clock is put back."""

from datetime import datetime
from typing import Any

from celery.beat import PersistentScheduler


class SteadyScheduler(PersistentScheduler):
    """Celery's goes by the time of day: put back by an hour, or started anew with what it wrote
    down before that, it sends nothing for an hour. Seconds later, this one counts from the new
    time."""

    _seen: datetime | None = None

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; the seconds until the next look."""
        now = self.app.now()
        if self._seen is None or now < self._seen:
            self._count_from(now)
        self._seen = now
        return float(super().tick(*args, **kwargs))

    def _count_from(self, now: datetime) -> None:
        """Nothing was sent later than now; what is due when is worked out anew."""
        for entry in self.schedule.values():
            entry.last_run_at = min(entry.last_run_at or now, now)
        self._heap = None
