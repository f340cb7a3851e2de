"""Regions and what the provider runs in them."""

from rest_framework import serializers

from portal.lib.serializers import PrefixField, StrictSerializer


class HostSerializer(StrictSerializer):
    """A host; `silent_since` is empty while it keeps up."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    gateway_priority = serializers.IntegerField(read_only=True)
    cfg = serializers.IntegerField(read_only=True)
    ports = serializers.IntegerField(read_only=True)
    seen_at = serializers.DateTimeField(read_only=True)
    silent_since = serializers.DateTimeField(read_only=True)


class DeviceSerializer(StrictSerializer):
    """What fabrics and routers share; `error` is empty while the device answers."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    backend = serializers.CharField(read_only=True)
    error = serializers.CharField(read_only=True)
    seen_at = serializers.DateTimeField(read_only=True)
    orphans = serializers.ListField(child=serializers.CharField(), read_only=True)


class FabricSerializer(DeviceSerializer):
    """A fabric and its hosts."""

    mtu = serializers.IntegerField(read_only=True)
    hosts = HostSerializer(many=True, read_only=True)


class RouterAttachmentSerializer(StrictSerializer):
    """An attachment; `customer` is the slug of who has it."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    fabric = serializers.CharField(read_only=True)
    vrf = serializers.CharField(read_only=True)
    vlan = serializers.IntegerField(read_only=True)
    access_prefixes = serializers.ListField(child=PrefixField(), read_only=True)
    customer = serializers.CharField(source="customer.slug", read_only=True, default=None)
    claimed_at = serializers.DateTimeField(read_only=True)


class RouterSerializer(DeviceSerializer):
    """A provider edge router and its attachments."""

    asn = serializers.IntegerField(read_only=True)
    attachments = RouterAttachmentSerializer(many=True, read_only=True)


class ProviderRegionSerializer(StrictSerializer):
    """A region."""

    code = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    fabrics = FabricSerializer(many=True, read_only=True)
    routers = RouterSerializer(many=True, read_only=True)


class AttachmentSerializer(StrictSerializer):
    """A customer's attachment."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    region = serializers.CharField(read_only=True)
    router = serializers.CharField(read_only=True)
    vrf = serializers.CharField(read_only=True)
    vlan = serializers.IntegerField(read_only=True)
    access_prefixes = serializers.ListField(child=PrefixField(), read_only=True)


class ClaimSerializer(StrictSerializer):
    """Which attachment to claim."""

    attachment = serializers.UUIDField()
