"""The task queue.

A task carries a primary key and may be lost or delivered twice; the sweeps find what was lost.
Apps add their periodic tasks in their own ``tasks`` module with ``@app.on_after_finalize.connect``
and ``sender.add_periodic_task(seconds, task.s(), name=...)``.
"""

import os
import time
from typing import Any

import redis
from celery import Celery
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun
from django.conf import settings
from kombu.transport.redis import Channel as RedisChannel
from kombu.transport.redis import QoS as RedisQoS
from kombu.transport.virtual import QoS as VirtualQoS

from portal.lib.counters import counters
from portal.lib.logs import configure_logging, current_request_id, set_request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


class ForgettingQoS(RedisQoS):
    """A worker takes no more messages than it may have unacknowledged. So one that Redis was too
    slow to acknowledge would fill a place for good, and a few of them make the worker mute. It is
    forgotten here; Redis delivers it again after an hour, to a task that finds nothing to do."""

    def ack(self, delivery_tag: str) -> None:
        """Free the place whatever Redis says."""
        try:
            super().ack(delivery_tag)
        except (redis.RedisError, OSError):
            VirtualQoS.ack(self, delivery_tag)
            raise


RedisChannel.QoS = ForgettingQoS

REQUEST_ID_HEADER = "demarc_request_id"

app = Celery("demarc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    result_backend=None,  # with one, a dead broker blocks the request that publishes
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_publish_retry=False,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=1,
    broker_transport_options={
        "socket_timeout": 1,
        "socket_connect_timeout": 0.5,
        "visibility_timeout": 3600,
        # Without these a request that publishes to a dead broker waits two seconds for it.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
    },
    task_serializer="json",
    accept_content=["json"],
    beat_scheduler="portal.schedule:SteadyScheduler",
)
app.autodiscover_tasks()


@setup_logging.connect
def _log_like_the_web(**_: Any) -> None:
    configure_logging(settings.LOGGING)


@before_task_publish.connect
def _send_request_id(headers: dict[str, Any], **_: Any) -> None:
    headers[REQUEST_ID_HEADER] = current_request_id()


@task_prerun.connect
def _take_request_id(task: Any, **_: Any) -> None:
    set_request_id(getattr(task.request, REQUEST_ID_HEADER, None) or "")
    task.request.demarc_began = time.perf_counter()


@task_postrun.connect
def _count(task: Any, state: str = "", **_: Any) -> None:
    name = task.name.rpartition(".")[2]
    counters.add("demarc_tasks_total", task=name, outcome=(state or "unknown").lower())
    if began := getattr(task.request, "demarc_began", None):
        counters.observe("demarc_task_seconds", time.perf_counter() - began, task=name)
