"""Settings, all of them from the environment.

Needed: DATABASE_URL (the login role), REDIS_URL, DEMARC_SECRET_KEY. Administrative commands also
need DATABASE_ADMIN_URL, which no serving process is given. DEMARC_URL is the public address.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ

from portal.lib.logs import logging_config
from portal.lib.patience import PatientConnection

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# -- What this process is ---------------------------------------------------------------------

DEBUG = env.bool("DEMARC_DEBUG", default=False)
SECRET_KEY = env.str("DEMARC_SECRET_KEY")
PUBLIC_URL = env.str("DEMARC_URL", default="http://127.0.0.1:8000").rstrip("/")
FABRIC = env.str("DEMARC_FABRIC", default="simulator")  # real, lab, simulator or none
STATE_DIR = Path(env.str("DEMARC_STATE", default=str(BASE_DIR / ".state")))

_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"
# Loopback names stay allowed, so that a health check on the machine itself needs no special name.
ALLOWED_HOSTS = list({_public.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

INSTALLED_APPS = [
    "portal",
    "portal.lib",
    "tenants",
    "networking",
    "billing",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "allauth",
    "allauth.account",
    "netfields",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "portal.lib.logs.RequestLogMiddleware",
    "portal.lib.health.HealthMiddleware",
    "portal.web.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.lib.csp.ContentSecurityPolicyMiddleware",
    "portal.lib.bodies.BodyLimitMiddleware",
    "portal.lib.queries.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenants.middleware.ActorMiddleware",
]

ROOT_URLCONF = "portal.urls"
ASGI_APPLICATION = "portal.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenants.context.actor",
            ],
        },
    }
]

# -- Data -------------------------------------------------------------------------------------

AS_ADMINISTRATOR = env.bool("DEMARC_DATABASE_ADMIN", default=False)
LOGIN_ROLE = env.db("DATABASE_URL")["USER"]
DATABASES = {"default": env.db("DATABASE_ADMIN_URL" if AS_ADMINISTRATOR else "DATABASE_URL")}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"].setdefault("OPTIONS", {})
# The web server runs each request in a thread of its own, for which persistent connections do not
# work; commands and task workers hold one connection and need no pool.
POOL_SIZE = env.int("DEMARC_DATABASE_POOL", default=0)
# Seconds that a request waits for one answer of the database: longer than somebody who sleeps on a
# lock has it (IDLE_IN_TRANSACTION of prepare_database). Workers wait until it answers.
DATABASE_PATIENCE = env.float("DEMARC_DATABASE_PATIENCE", default=16.0)
if POOL_SIZE and not AS_ADMINISTRATOR:
    # A database that was started anew has closed what the pool holds: each one is asked before it
    # is used. While it is away a request waits no longer than `timeout` seconds, and the pool tries
    # again when the next one comes, not after a pause that doubles for minutes.
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "connection_class": PatientConnection,
        **{"min_size": 2, "max_size": POOL_SIZE, "timeout": 5, "reconnect_timeout": 4},
    }
    DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
REDIS_TIMEOUTS = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}  # seconds
CACHES = {
    "default": {
        "BACKEND": "portal.lib.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "demarc",
        "OPTIONS": REDIS_TIMEOUTS,
    }
}

# -- Billing ----------------------------------------------------------------------------------

# Where the issuer's days and months begin; whole hours off UTC (see billing.rating.period).
BILLING_TIME_ZONE = env.str("DEMARC_BILLING_TIME_ZONE", default="UTC")
# What a new customer is subscribed to, when such a plan is published.
BILLING_DEFAULT_PLAN = env.str("DEMARC_BILLING_DEFAULT_PLAN", default="standard")

# -- People and sessions ----------------------------------------------------------------------

AUTH_USER_MODEL = "tenants.Person"
AUTHENTICATION_BACKENDS = ["tenants.identity.PersonBackend"]
SESSION_ENGINE = "tenants.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.lib.pages.forged"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tenants.identity.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are added by their administrator
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
# How many proxies of ours stand before the server: sign-in limits count by the client's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("DEMARC_TRUSTED_PROXIES", default=0)
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "reset_password": "20/m/ip,5/m/key",
    "change_password": "5/m/user",
}

# -- Security ---------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes; the largest body of any request

# -- API --------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tenants.api.auth.ActorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],  # ActorMiddleware has asked already
    "DEFAULT_THROTTLE_CLASSES": ["tenants.api.throttles.ActorThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.lib.parsers.WholeTextParser"],
    "DEFAULT_PAGINATION_CLASS": "portal.lib.pagination.Cursor",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.lib.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": None,
}
# Requests that a token or a person may send in a minute; 0 is no limit.
API_READS = env.int("DEMARC_API_READS", default=3000)
API_WRITES = env.int("DEMARC_API_WRITES", default=600)
# Event streams that a person may hold open in one web process; 0 is no limit.
STREAMS = env.int("DEMARC_STREAMS", default=20)
SPECTACULAR_SETTINGS = {
    "TITLE": "Demarc",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ChangeStateEnum": "networking.models.Change.State",
        "PlanVersionStateEnum": ["draft", "published"],
    },
}

# -- Tasks ------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = "UTC"

# -- NetBox, which mirrors whose address space is whose, where it is named ---------------------

NETBOX_URL = env.str("NETBOX_URL", default="").rstrip("/")
NETBOX_TOKEN = env.str("NETBOX_TOKEN", default="")
# Only where it is named do processes carry its client.
CELERY_IMPORTS = ["networking.mirroring"] if NETBOX_URL else []

# -- Watching ---------------------------------------------------------------------------------

METRICS_TOKEN = env.str("DEMARC_METRICS_TOKEN", default="")  # who sends it may read /metrics

# Minutes after which a change that is still on its way is something to be told of.
ALERT_CHANGE_MINUTES = env.int("DEMARC_ALERT_CHANGE_MINUTES", default=5)

# -- Checks -----------------------------------------------------------------------------------

# Addresses of the API end without a slash, so what is included below one begins with it.
SILENCED_SYSTEM_CHECKS = ["urls.W002"]

# -- The rest ---------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "en"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static-collected"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Files are served from where they lie, found by content hash only after collectstatic.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

EMAIL_CONFIG = env.email("DEMARC_EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10  # seconds
# Without a mail server, whoever invites someone hands the link over.
SHOW_INVITATION_LINKS = EMAIL_CONFIG["EMAIL_BACKEND"].endswith("console.EmailBackend")
DEFAULT_FROM_EMAIL = env.str("DEMARC_EMAIL_FROM", default=f"Demarc <demarc@{_public.hostname}>")

LOGGING = logging_config(debug=DEBUG)
