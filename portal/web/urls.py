"""Addresses of the pages that span the apps."""

from django.urls import URLPattern, URLResolver, path

from portal.web.views.dashboard import Dashboard
from portal.web.views.events import StaffEvents, TenantEvents

app_name = "portal"

urlpatterns: list[URLPattern | URLResolver] = [
    path("t/<slug:slug>/", Dashboard.as_view(), name="dashboard"),
    path("t/<slug:slug>/events", TenantEvents.as_view(), name="events"),
    path("msp/events", StaffEvents.as_view(), name="staff_events"),
]
