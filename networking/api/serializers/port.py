"""Port, as read and as written."""

from rest_framework import serializers

from portal.lib.serializers import AddressField, StrictSerializer


class PortPatchSerializer(StrictSerializer):
    """The fields that can change. `labels` replaces all labels."""

    name = serializers.CharField(max_length=63)
    ipv4_address = AddressField(required=False)
    labels = serializers.DictField(child=serializers.CharField(), required=False)


class NewPortSerializer(PortPatchSerializer):
    """What makes a port. Address and MAC are chosen when they are left out."""

    network = serializers.UUIDField()
    mac = serializers.CharField(required=False)


class PortSerializer(StrictSerializer):
    """A port as it is wanted, with where the fabric last saw its machine. While the host is silent
    `host_silent_since` says since when, and `up` is what it was then."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    network = serializers.UUIDField(source="network_id", read_only=True)
    mac = serializers.CharField(read_only=True)
    ipv4_address = AddressField(read_only=True)
    ipv6_address = AddressField(read_only=True, allow_null=True)
    labels = serializers.DictField(child=serializers.CharField(), read_only=True)
    host = serializers.CharField(source="host.name", read_only=True, default=None)
    host_silent_since = serializers.DateTimeField(
        source="host.silent_since", read_only=True, default=None
    )
    up = serializers.BooleanField(read_only=True)
    up_since = serializers.DateTimeField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    retiring_at = serializers.DateTimeField(read_only=True)
