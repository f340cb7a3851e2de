"""The web server's entry: ``granian --interface asgi portal.asgi:application``."""

import os
import warnings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DEMARC_DATABASE_POOL", "20")

from django.core.asgi import get_asgi_application

# WhiteNoise serves files by a plain iterator, which Django reads whole under ASGI: they are small.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators")

application = get_asgi_application()
