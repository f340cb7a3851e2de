"""Addresses of this app's API, below ``/api/v1/``."""

from django.urls import URLPattern, URLResolver, path

from tenants.api import views

app_name = "tenants_api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("me", views.Me.as_view(), name="me"),
    path("tenants/<slug:slug>/people", views.People.as_view(), name="people"),
    path("tenants/<slug:slug>/people/<uuid:membership_id>", views.Member.as_view(), name="member"),
    path("tenants/<slug:slug>/tokens", views.Tokens.as_view(), name="tokens"),
    path("tenants/<slug:slug>/tokens/<uuid:token_id>", views.Token.as_view(), name="token"),
    path("tenants/<slug:slug>/audit", views.Audit.as_view(), name="audit"),
]
