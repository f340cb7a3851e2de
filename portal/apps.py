"""App configuration."""

from django.apps import AppConfig

from portal.celery import app as celery_app


class PortalConfig(AppConfig):
    """The project as an app: its management commands, and the task queue in every process."""

    name = "portal"
    celery = celery_app  # the apps' shared tasks bind to the app that was made first
