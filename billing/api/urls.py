"""Addresses of this app's API, below `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from billing.api import views

app_name = "billing_api"

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "tenants/<slug:slug>/billing/statements/<str:period>",
        views.TenantStatement.as_view(),
        name="statement",
    ),
    path("tenants/<slug:slug>/billing/usage", views.TenantUsage.as_view(), name="tenant_usage"),
    path("billing/usage", views.Usage.as_view(), name="usage"),
    path(
        "billing/customers/<slug:slug>/statements/<str:period>",
        views.CustomerStatement.as_view(),
        name="customer_statement",
    ),
]
