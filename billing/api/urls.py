"""Addresses of this app's API, below `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from billing.api.views import plan, statement, subscription, usage

app_name = "billing_api"

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "tenants/<slug:slug>/billing/statements/<str:period>",
        statement.TenantStatement.as_view(),
        name="statement",
    ),
    path("tenants/<slug:slug>/billing/usage", usage.TenantUsage.as_view(), name="tenant_usage"),
    path("billing/usage", usage.Usage.as_view(), name="usage"),
    path(
        "billing/customers/<slug:slug>/statements/<str:period>",
        statement.CustomerStatement.as_view(),
        name="customer_statement",
    ),
    path("billing/plans", plan.Plans.as_view(), name="plans"),
    path("billing/plans/<slug:code>", plan.Plan.as_view(), name="plan"),
    path("billing/plans/<slug:code>/versions", plan.Versions.as_view(), name="versions"),
    path(
        "billing/plans/<slug:code>/versions/<int:number>",
        plan.Version.as_view(),
        name="version",
    ),
    path(
        "billing/plans/<slug:code>/versions/<int:number>/publish",
        plan.Publication.as_view(),
        name="version_publish",
    ),
    path(
        "billing/plans/<slug:code>/versions/<int:number>/difference",
        plan.Difference.as_view(),
        name="version_difference",
    ),
    path(
        "billing/plans/<slug:code>/versions/<int:number>/preview",
        plan.Preview.as_view(),
        name="version_preview",
    ),
    path(
        "billing/customers/<slug:slug>/subscriptions",
        subscription.CustomerSubscriptions.as_view(),
        name="customer_subscriptions",
    ),
]
