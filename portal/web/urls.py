"""Addresses of the pages that span the apps."""

from django.urls import URLPattern, URLResolver, include, path

from portal.web.views.alert import AlertList
from portal.web.views.attachment import AttachmentClaim, AttachmentRelease
from portal.web.views.customer import (
    CustomerChanges,
    CustomerDetail,
    CustomerList,
    CustomerRename,
    CustomerState,
)
from portal.web.views.dashboard import Dashboard
from portal.web.views.events import StaffEvents, TenantEvents
from portal.web.views.fabric import FabricDetail
from portal.web.views.onboarding import Onboarding
from portal.web.views.overview import Overview
from portal.web.views.prefix import PrefixAdd, PrefixRemove
from portal.web.views.region import RegionList
from portal.web.views.router import RouterDetail
from portal.web.views.site import SiteCreate, SiteDelete, SiteEdit

app_name = "portal"

customer_patterns: list[URLPattern | URLResolver] = [
    path("", CustomerDetail.as_view(), name="customer_detail"),
    path("changes", CustomerChanges.as_view(), name="customer_changes"),
    path("name", CustomerRename.as_view(), name="customer_rename"),
    path("state", CustomerState.as_view(), name="customer_state"),
    path("prefixes", PrefixAdd.as_view(), name="prefix_add"),
    path("prefixes/<uuid:allowed_prefix_id>/remove", PrefixRemove.as_view(), name="prefix_remove"),
    path("attachments", AttachmentClaim.as_view(), name="attachment_claim"),
    path(
        "attachments/<uuid:attachment_id>/release",
        AttachmentRelease.as_view(),
        name="attachment_release",
    ),
    path("sites/new", SiteCreate.as_view(), name="site_create"),
    path("sites/<uuid:site_id>/edit", SiteEdit.as_view(), name="site_edit"),
    path("sites/<uuid:site_id>/delete", SiteDelete.as_view(), name="site_delete"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("t/<slug:slug>/", Dashboard.as_view(), name="dashboard"),
    path("t/<slug:slug>/events", TenantEvents.as_view(), name="events"),
    path("msp/", Overview.as_view(), name="overview"),
    path("msp/customers/", CustomerList.as_view(), name="customer_list"),
    # Before the slugs; no customer may be called "new".
    path("msp/customers/new", Onboarding.as_view(), name="customer_create"),
    path("msp/customers/<slug:slug>/", include(customer_patterns)),
    path("msp/alerts/", AlertList.as_view(), name="alert_list"),
    path("msp/regions/", RegionList.as_view(), name="region_list"),
    path("msp/fabrics/<uuid:fabric_id>/", FabricDetail.as_view(), name="fabric_detail"),
    path("msp/routers/<uuid:router_id>/", RouterDetail.as_view(), name="router_detail"),
    path("msp/events", StaffEvents.as_view(), name="staff_events"),
]
