"""The web server's entry: ``granian --interface asgi portal.asgi:application``."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DEMARC_DATABASE_POOL", "20")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
