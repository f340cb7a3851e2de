"""Addresses of the provider's API, below `/api/v1/`."""

from django.urls import URLPattern, URLResolver, include, path

from portal.api.views import customer, region, site, space

app_name = "portal_api"

customer_patterns: list[URLPattern | URLResolver] = [
    path("", customer.Customer.as_view(), name="customer"),
    path("/changes", customer.CustomerChanges.as_view(), name="customer_changes"),
    path("/changes/<uuid:change_id>", customer.CustomerChange.as_view(), name="customer_change"),
    path("/prefixes", space.CustomerPrefixes.as_view(), name="customer_prefixes"),
    path(
        "/prefixes/<uuid:allowed_prefix_id>",
        space.CustomerPrefix.as_view(),
        name="customer_prefix",
    ),
    path("/attachments", space.CustomerAttachments.as_view(), name="customer_attachments"),
    path(
        "/attachments/<uuid:attachment_id>",
        space.CustomerAttachment.as_view(),
        name="customer_attachment",
    ),
    path("/sites", site.CustomerSites.as_view(), name="customer_sites"),
    path("/sites/<uuid:site_id>", site.CustomerSite.as_view(), name="customer_site"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("customers", customer.Customers.as_view(), name="customers"),
    path("customers/<slug:slug>", include(customer_patterns)),
    path("regions", region.ProviderRegions.as_view(), name="regions"),
]
