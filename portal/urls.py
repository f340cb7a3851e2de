"""All addresses."""

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
    path("api/v1/", include("tenants.api.urls")),
    path("api/v1/", include("networking.api.urls")),
    path("api/v1/", include("billing.api.urls")),
    path("api/v1/", include("portal.api.urls")),
    path("", include("tenants.web.urls")),
    path("", include("networking.web.urls")),
    path("", include("billing.web.urls")),
    path("", include("portal.web.urls")),
]
