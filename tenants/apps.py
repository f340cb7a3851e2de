"""App configuration."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """Who there is, who may do what, and who did what."""

    name = "tenants"
