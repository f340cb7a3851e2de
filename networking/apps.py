"""App configuration."""

from django.apps import AppConfig


class NetworkingConfig(AppConfig):
    """Networks, ports and sites; what is wanted of them, and what devices hold."""

    name = "networking"
