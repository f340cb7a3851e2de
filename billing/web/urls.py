"""Addresses of this app's pages."""

from django.urls import URLPattern, URLResolver, path

from billing.web.views import month, spend, statement

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
]
