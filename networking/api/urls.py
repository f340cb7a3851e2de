"""Addresses of this app's API, below `/api/v1/`."""

from django.urls import URLPattern, URLResolver, include, path

from networking.api.views import change, group, network, port, reach, region, rule, site, vip

app_name = "networking_api"

tenant_patterns: list[URLPattern | URLResolver] = [
    path("networks", network.Networks.as_view(), name="networks"),
    path("networks/<uuid:network_id>", network.Network.as_view(), name="network"),
    path("ports", port.Ports.as_view(), name="ports"),
    path("ports/<uuid:port_id>", port.Port.as_view(), name="port"),
    path("groups", group.Groups.as_view(), name="groups"),
    path("groups/<uuid:group_id>", group.Group.as_view(), name="group"),
    path("groups/<uuid:group_id>/members", group.Members.as_view(), name="group_members"),
    path("rules", rule.Rules.as_view(), name="rules"),
    path("rules.csv", rule.RulesCsv.as_view(), name="rules_csv"),
    path("rules/<uuid:rule_id>", rule.Rule.as_view(), name="rule"),
    path("rules/<uuid:rule_id>/move", rule.RuleMove.as_view(), name="rule_move"),
    path("rules/<uuid:rule_id>/copy", rule.RuleCopy.as_view(), name="rule_copy"),
    path("sites", site.Sites.as_view(), name="sites"),
    path("sites/<uuid:site_id>", site.Site.as_view(), name="site"),
    path("vips", vip.Vips.as_view(), name="vips"),
    path("vips/<uuid:vip_id>", vip.Vip.as_view(), name="vip"),
    path("vips/<uuid:vip_id>/members", vip.VipMembers.as_view(), name="vip_members"),
    path("changes", change.Changes.as_view(), name="changes"),
    path("changes/<uuid:change_id>", change.Change.as_view(), name="change"),
    path("changes/<uuid:change_id>/revert", change.Revert.as_view(), name="change_revert"),
    path("reach", reach.Reach.as_view(), name="reach"),
    path("regions", region.Regions.as_view(), name="regions"),
    path("allowed-prefixes", region.AllowedPrefixes.as_view(), name="allowed_prefixes"),
    path("free-prefixes", region.FreePrefixes.as_view(), name="free_prefixes"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("tenants/<slug:slug>/", include(tenant_patterns)),
]
