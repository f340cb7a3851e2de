"""Addresses of this app's pages."""

from django.urls import URLPattern, URLResolver, path

from tenants.web.views.acting import Act, StopActing
from tenants.web.views.api_token import TokenList, TokenRevoke
from tenants.web.views.audit_event import AuditEventList, StaffAuditEventList
from tenants.web.views.home import Home
from tenants.web.views.person import MemberRemove, MemberRole, PersonList

app_name = "tenants"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", Home.as_view(), name="home"),
    path("t/<slug:slug>/people/", PersonList.as_view(), name="people"),
    path(
        "t/<slug:slug>/people/<uuid:membership_id>/role", MemberRole.as_view(), name="member_role"
    ),
    path(
        "t/<slug:slug>/people/<uuid:membership_id>/remove",
        MemberRemove.as_view(),
        name="member_remove",
    ),
    path("t/<slug:slug>/tokens/", TokenList.as_view(), name="tokens"),
    path("t/<slug:slug>/tokens/<uuid:token_id>/revoke", TokenRevoke.as_view(), name="token_revoke"),
    path("t/<slug:slug>/audit/", AuditEventList.as_view(), name="audit"),
    path("msp/audit/", StaffAuditEventList.as_view(), name="staff_audit"),
    path("msp/customers/<slug:slug>/act", Act.as_view(), name="act"),
    path("msp/stop-acting", StopActing.as_view(), name="stop_acting"),
]
