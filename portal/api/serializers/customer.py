"""Customer, as read, as onboarded and as changed."""

from typing import Any

from rest_framework import serializers

from networking.api.serializers import ChangeSerializer
from networking.services.site_fields import DEFAULT_MAX_PREFIXES
from portal.lib.serializers import AddressField, PrefixField, StrictSerializer
from portal.services.customers import CHOICES
from portal.services.onboarding import FirstAdmin, FirstSite, OnboardingInput


class HealthSerializer(StrictSerializer):
    """How a customer's network is. Of the devices that it is on, `behind` counts those that are
    yet to catch up, `drifted` those being repaired, `unanswered` those that do not answer, and
    `silent` the fabrics that have silent hosts; `verified_at` is when one of them was last found
    to enforce what was wanted."""

    health = serializers.CharField(read_only=True)
    networks = serializers.IntegerField(read_only=True)
    ports = serializers.IntegerField(read_only=True)
    sites = serializers.IntegerField(read_only=True)
    sites_down = serializers.IntegerField(read_only=True)
    changes_under_way = serializers.IntegerField(source="under_way", read_only=True)
    changes_held_up = serializers.IntegerField(source="held_up", read_only=True)
    behind = serializers.IntegerField(read_only=True)
    drifted = serializers.IntegerField(read_only=True)
    unanswered = serializers.IntegerField(read_only=True)
    silent = serializers.IntegerField(read_only=True)
    verified_at = serializers.DateTimeField(read_only=True)


class CustomerSerializer(StrictSerializer):
    """A customer."""

    id = serializers.UUIDField(source="row.ref.id", read_only=True)
    slug = serializers.CharField(source="row.ref.slug", read_only=True)
    name = serializers.CharField(source="row.ref.name", read_only=True)
    state = serializers.CharField(source="row.state", read_only=True)
    created_at = serializers.DateTimeField(source="row.created_at", read_only=True)
    network = HealthSerializer(source="health", read_only=True)


class CustomerPatchSerializer(StrictSerializer):
    """The fields that can change."""

    name = serializers.CharField(max_length=100, required=False)
    state = serializers.ChoiceField([str(choice) for choice in CHOICES], required=False)


class FirstSiteSerializer(StrictSerializer):
    """The first site."""

    name = serializers.CharField(max_length=63)
    asn = serializers.IntegerField()
    neighbour_ipv4 = AddressField()
    neighbour_ipv6 = AddressField(required=False)
    accepted_prefixes = serializers.ListField(child=PrefixField(), default=list)
    max_prefixes = serializers.IntegerField(default=DEFAULT_MAX_PREFIXES)


class FirstAdminSerializer(StrictSerializer):
    """The first admin."""

    email = serializers.CharField(max_length=254)
    name = serializers.CharField(max_length=100, default="", allow_blank=True)


class NewCustomerSerializer(StrictSerializer):
    """What onboards a customer: all of it at once, or nothing."""

    name = serializers.CharField(max_length=100)
    slug = serializers.CharField(max_length=40, required=False)
    prefixes = serializers.ListField(child=PrefixField(), default=list)
    vip_prefixes = serializers.ListField(child=PrefixField(), default=list)
    attachment = serializers.UUIDField(required=False)
    site = FirstSiteSerializer(required=False)
    admin = FirstAdminSerializer(required=False)

    def to_input(self) -> OnboardingInput:
        """What the service takes."""
        data: dict[str, Any] = dict(self.validated_data)
        site, admin = data.pop("site", None), data.pop("admin", None)
        if site is not None:
            site["accepted_prefixes"] = tuple(site["accepted_prefixes"])
        return OnboardingInput(
            **{**data, **{name: tuple(data[name]) for name in ("prefixes", "vip_prefixes")}},
            site=FirstSite(**site) if site else None,
            admin=FirstAdmin(**admin) if admin else None,
        )


class OnboardedSerializer(StrictSerializer):
    """A new customer and the changes that devices carry out for it. `invitation_link` is empty
    where the admin was written to."""

    customer = CustomerSerializer(read_only=True)
    changes = ChangeSerializer(many=True, read_only=True)
    invitation_link = serializers.CharField(read_only=True)
