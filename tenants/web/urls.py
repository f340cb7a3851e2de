"""Addresses of this app's pages."""

from django.urls import URLPattern, URLResolver, path

from tenants.web.home import Home

app_name = "tenants"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", Home.as_view(), name="home"),
]
