"""A customer's site, as the provider reads and writes it."""

from rest_framework import serializers

from portal.api.serializers.customer import FirstSiteSerializer
from portal.lib.serializers import AddressField, PrefixField, StrictSerializer


class NewSiteSerializer(FirstSiteSerializer):
    """What makes a site."""

    attachment = serializers.UUIDField()


class SitePatchSerializer(StrictSerializer):
    """The fields that can change; an empty `neighbour_ipv6` takes the IPv6 session away."""

    name = serializers.CharField(max_length=63, required=False)
    asn = serializers.IntegerField(required=False)
    neighbour_ipv4 = AddressField(required=False)
    neighbour_ipv6 = AddressField(required=False, allow_blank=True)
    accepted_prefixes = serializers.ListField(child=PrefixField(), required=False)
    max_prefixes = serializers.IntegerField(required=False)


class CustomerSiteSerializer(StrictSerializer):
    """A site with what its router last said of the BGP session."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    attachment = serializers.UUIDField(source="attachment_id", read_only=True)
    asn = serializers.IntegerField(read_only=True)
    neighbour_ipv4 = serializers.CharField(read_only=True)
    neighbour_ipv6 = serializers.CharField(read_only=True)
    accepted_prefixes = serializers.ListField(child=PrefixField(), read_only=True)
    max_prefixes = serializers.IntegerField(read_only=True)
    session_state = serializers.CharField(read_only=True)
    session_since = serializers.DateTimeField(read_only=True)
    session_reason = serializers.CharField(read_only=True)
    prefixes_received = serializers.ListField(child=PrefixField(), read_only=True)
    prefixes_sent = serializers.ListField(child=PrefixField(), read_only=True)
    observed_at = serializers.DateTimeField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    retiring_at = serializers.DateTimeField(read_only=True)
