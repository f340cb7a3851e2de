"""VIP, as read and as written."""

from typing import Any

from rest_framework import serializers

from networking.models import Vip
from networking.services.vips import VipPortInput
from portal.lib.serializers import AddressField, StrictSerializer


class VipPortSerializer(StrictSerializer):
    """A port of the VIP; without `member_port` members are asked at the same one."""

    protocol = serializers.CharField()
    port = serializers.IntegerField()
    member_port = serializers.IntegerField(required=False)

    def to_internal_value(self, data: Any) -> Any:
        """As the service takes it."""
        return VipPortInput(**super().to_internal_value(data))


class VipPatchSerializer(StrictSerializer):
    """The fields that can change. `members` are ids of ports, `group` is a group's id; intervals
    and timeouts are seconds."""

    name = serializers.CharField(max_length=63)
    description = serializers.CharField(required=False, allow_blank=True)
    ipv4_address = AddressField(required=False, allow_blank=True)
    ipv6_address = AddressField(required=False, allow_blank=True)
    ports = VipPortSerializer(many=True)
    members = serializers.ListField(child=serializers.UUIDField(), required=False)
    group = serializers.UUIDField(required=False, allow_null=True)
    health_check = serializers.BooleanField(required=False)
    check_interval = serializers.IntegerField(required=False)
    check_timeout = serializers.IntegerField(required=False)
    check_failures = serializers.IntegerField(required=False)
    check_successes = serializers.IntegerField(required=False)


class NewVipSerializer(VipPatchSerializer):
    """What makes a VIP; `region` is a region's code. Without an address a free IPv4 address of the
    tenant's VIP prefixes is chosen."""

    region = serializers.CharField(max_length=32)


class VipSerializer(StrictSerializer):
    """A VIP as it is wanted. All who serve it, by the group too, are listed at `/members`."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)
    region = serializers.CharField(source="region.code", read_only=True)
    ipv4_address = AddressField(read_only=True, allow_null=True)
    ipv6_address = AddressField(read_only=True, allow_null=True)
    ports = serializers.SerializerMethodField()
    members = serializers.SerializerMethodField()
    group = serializers.UUIDField(source="group_id", read_only=True)
    health_check = serializers.BooleanField(read_only=True)
    check_interval = serializers.IntegerField(read_only=True)
    check_timeout = serializers.IntegerField(read_only=True)
    check_failures = serializers.IntegerField(read_only=True)
    check_successes = serializers.IntegerField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    retiring_at = serializers.DateTimeField(read_only=True)

    def get_ports(self, vip: Vip) -> list[dict[str, str | int]]:
        """Protocol, port and the members' port of each."""
        return [dict(port) for port in vip.ports]

    def get_members(self, vip: Vip) -> list[str]:
        """Ids of the ports that were chosen by themselves."""
        return [str(port.id) for port in vip.members.all()]
