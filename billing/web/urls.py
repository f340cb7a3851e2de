"""Addresses of this app's pages."""

from django.urls import URLPattern, URLResolver, path

from billing.web.views import month, plan, spend, statement, subscription, version

app_name = "billing"

urlpatterns: list[URLPattern | URLResolver] = [
    path("t/<slug:slug>/billing/", spend.TenantSpend.as_view(), name="spend"),
    path(
        "t/<slug:slug>/billing/statements/<str:period>.csv",
        statement.TenantStatementCsv.as_view(),
        name="statement_csv",
    ),
    path(
        "t/<slug:slug>/billing/statements/<str:period>/",
        statement.TenantStatement.as_view(),
        name="statement",
    ),
    path("msp/billing/", month.Month.as_view(), name="month"),
    path("msp/billing/months/<str:period>.csv", month.MonthCsv.as_view(), name="month_csv"),
    path("msp/billing/customers/<slug:slug>/", spend.CustomerSpend.as_view(), name="customer"),
    path(
        "msp/billing/customers/<slug:slug>/<str:period>.csv",
        statement.CustomerStatementCsv.as_view(),
        name="customer_csv",
    ),
    path(
        "msp/billing/customers/<slug:slug>/<str:period>/",
        statement.CustomerStatement.as_view(),
        name="customer_statement",
    ),
    path("msp/billing/plans/", plan.PlanList.as_view(), name="plan_list"),
    path("msp/billing/plans/new", plan.PlanCreate.as_view(), name="plan_create"),
    path("msp/billing/plans/<slug:code>/", plan.PlanDetail.as_view(), name="plan_detail"),
    path(
        "msp/billing/plans/<slug:code>/<int:number>/",
        version.VersionDetail.as_view(),
        name="version_detail",
    ),
    path(
        "msp/billing/plans/<slug:code>/<int:number>/edit",
        version.VersionUpdate.as_view(),
        name="version_update",
    ),
    path(
        "msp/billing/plans/<slug:code>/<int:number>/preview",
        version.VersionRehearsal.as_view(),
        name="version_preview",
    ),
    path(
        "msp/billing/plans/<slug:code>/<int:number>/publish",
        version.VersionPublish.as_view(),
        name="version_publish",
    ),
    path(
        "msp/billing/plans/<slug:code>/<int:number>/discard",
        version.VersionDiscard.as_view(),
        name="version_discard",
    ),
    path(
        "msp/billing/subscriptions/",
        subscription.SubscriptionList.as_view(),
        name="subscription_list",
    ),
    path(
        "msp/billing/subscriptions/<slug:slug>",
        subscription.SubscriptionUpdate.as_view(),
        name="subscription_update",
    ),
]
