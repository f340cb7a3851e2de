"""App configuration."""

from django.apps import AppConfig


class LibConfig(AppConfig):
    """The helpers as an app, for the tables that know no other app."""

    name = "portal.lib"
    label = "portal_lib"
