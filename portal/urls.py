"""All addresses."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from portal.lib import pages


class Schema(SpectacularAPIView):
    """The OpenAPI description; it says nothing about any tenant."""

    public = True


handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.failed

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("tenants.web.accounts")),
    path("api/v1/schema", Schema.as_view(), name="schema"),
    path("", include("tenants.web.urls")),
]
for module, prefix in (
    ("tenants.api.urls", "api/v1/"),
    ("networking.api.urls", "api/v1/"),
    ("portal.api.urls", "api/v1/"),
    ("networking.web.urls", ""),
    ("portal.web.urls", ""),
):
    if find_spec(module.rpartition(".")[0]) and find_spec(module):
        urlpatterns.append(path(prefix, include(module)))
