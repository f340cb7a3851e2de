"""Addresses of this app's pages."""

from django.urls import URLPattern, URLResolver, include, path

from networking.web.views import (
    change,
    group,
    network,
    port,
    reach,
    rule,
    rule_act,
    rule_csv,
    site,
    vip,
)

app_name = "networking"

tenant_patterns: list[URLPattern | URLResolver] = [
    path("networks/", network.NetworkList.as_view(), name="network_list"),
    path("networks/new", network.NetworkCreate.as_view(), name="network_create"),
    path("networks/<uuid:network_id>/", network.NetworkDetail.as_view(), name="network_detail"),
    path("networks/<uuid:network_id>/edit", network.NetworkUpdate.as_view(), name="network_update"),
    path(
        "networks/<uuid:network_id>/delete", network.NetworkDelete.as_view(), name="network_delete"
    ),
    path(
        "networks/<uuid:network_id>/default",
        network.NetworkDefault.as_view(),
        name="network_default",
    ),
    path("ports/", port.PortList.as_view(), name="port_list"),
    path("ports/new", port.PortCreate.as_view(), name="port_create"),
    path("ports/<uuid:port_id>/", port.PortDetail.as_view(), name="port_detail"),
    path("ports/<uuid:port_id>/edit", port.PortUpdate.as_view(), name="port_update"),
    path("ports/<uuid:port_id>/delete", port.PortDelete.as_view(), name="port_delete"),
    path("groups/", group.GroupList.as_view(), name="group_list"),
    path("groups/new", group.GroupCreate.as_view(), name="group_create"),
    path("groups/<uuid:group_id>/", group.GroupDetail.as_view(), name="group_detail"),
    path("groups/<uuid:group_id>/edit", group.GroupUpdate.as_view(), name="group_update"),
    path("groups/<uuid:group_id>/delete", group.GroupDelete.as_view(), name="group_delete"),
    path("rules/", rule.RuleList.as_view(), name="rule_list"),
    path("rules/new", rule.RuleCreate.as_view(), name="rule_create"),
    path("rules/export.csv", rule_csv.RuleExport.as_view(), name="rule_export"),
    path("rules/import", rule_csv.RuleImport.as_view(), name="rule_import"),
    path("rules/<uuid:rule_id>/", rule.RuleDetail.as_view(), name="rule_detail"),
    path("rules/<uuid:rule_id>/edit", rule.RuleUpdate.as_view(), name="rule_update"),
    path("rules/<uuid:rule_id>/delete", rule.RuleDelete.as_view(), name="rule_delete"),
    path("rules/<uuid:rule_id>/act", rule_act.RuleAct.as_view(), name="rule_act"),
    path("vips/", vip.VipList.as_view(), name="vip_list"),
    path("vips/new", vip.VipCreate.as_view(), name="vip_create"),
    path("vips/<uuid:vip_id>/", vip.VipDetail.as_view(), name="vip_detail"),
    path("vips/<uuid:vip_id>/edit", vip.VipUpdate.as_view(), name="vip_update"),
    path("vips/<uuid:vip_id>/delete", vip.VipDelete.as_view(), name="vip_delete"),
    path("reach/", reach.Reach.as_view(), name="reach"),
    path("sites/", site.SiteList.as_view(), name="site_list"),
    path("sites/<uuid:site_id>/", site.SiteDetail.as_view(), name="site_detail"),
    path("changes/", change.ChangeList.as_view(), name="change_list"),
    path("changes/<uuid:change_id>/", change.ChangeDetail.as_view(), name="change_detail"),
    path("changes/<uuid:change_id>/revert", change.ChangeRevert.as_view(), name="change_revert"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("t/<slug:slug>/", include(tenant_patterns)),
]
