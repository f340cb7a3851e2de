"""Site, as read."""

from rest_framework import serializers

from portal.lib.serializers import AddressField, PrefixField, StrictSerializer


class SiteSerializer(StrictSerializer):
    """A site with what the router last said of its BGP session, at `observed_at`."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    attachment = serializers.CharField(source="attachment.name", read_only=True)
    asn = serializers.IntegerField(read_only=True)
    neighbour_ipv4 = AddressField(read_only=True)
    neighbour_ipv6 = AddressField(read_only=True, allow_null=True)
    accepted_prefixes = serializers.ListField(child=PrefixField(), read_only=True)
    max_prefixes = serializers.IntegerField(read_only=True)
    session_state = serializers.CharField(read_only=True)
    session_since = serializers.DateTimeField(read_only=True)
    session_reason = serializers.CharField(read_only=True)
    prefixes_received = serializers.ListField(child=PrefixField(), read_only=True)
    prefixes_sent = serializers.ListField(child=PrefixField(), read_only=True)
    observed_at = serializers.DateTimeField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    retiring_at = serializers.DateTimeField(read_only=True)
