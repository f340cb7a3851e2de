"""Addresses of this app's API, below `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from billing.api import plans, views

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
    path("billing/plans", plans.Plans.as_view(), name="plans"),
    path("billing/plans/<slug:code>", plans.Plan.as_view(), name="plan"),
    path("billing/plans/<slug:code>/versions", plans.Versions.as_view(), name="versions"),
    path(
        "billing/plans/<slug:code>/versions/<int:number>",
        plans.Version.as_view(),
        name="version",
    ),
    path(
        "billing/plans/<slug:code>/versions/<int:number>/publish",
        plans.Publication.as_view(),
        name="version_publish",
    ),
    path(
        "billing/plans/<slug:code>/versions/<int:number>/difference",
        plans.Difference.as_view(),
        name="version_difference",
    ),
    path(
        "billing/plans/<slug:code>/versions/<int:number>/preview",
        plans.Preview.as_view(),
        name="version_preview",
    ),
    path(
        "billing/customers/<slug:slug>/subscriptions",
        plans.CustomerSubscriptions.as_view(),
        name="customer_subscriptions",
    ),
]
