"""Group, as read and as written."""

from rest_framework import serializers

from networking.api.serializers.port import PortSerializer
from networking.models import Group, Port
from networking.selectors import why_member
from portal.lib.serializers import PrefixField, StrictSerializer


class GroupPatchSerializer(StrictSerializer):
    """The fields that can change. Members are machines with all of `labels`, whole networks by
    id, prefixes, and single ports by id; each field replaces what was there."""

    name = serializers.CharField(max_length=63)
    description = serializers.CharField(required=False, allow_blank=True)
    labels = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    networks = serializers.ListField(child=serializers.UUIDField(), required=False)
    prefixes = serializers.ListField(child=PrefixField(), required=False)
    ports = serializers.ListField(child=serializers.UUIDField(), required=False)


class NewGroupSerializer(GroupPatchSerializer):
    """What makes a group."""


class GroupSerializer(StrictSerializer):
    """A group as it is wanted. Who belongs to it now is listed at `/members`."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)
    labels = serializers.DictField(child=serializers.CharField(), read_only=True)
    networks = serializers.SerializerMethodField()
    prefixes = serializers.ListField(child=PrefixField(), read_only=True)
    ports = serializers.SerializerMethodField()
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    retiring_at = serializers.DateTimeField(read_only=True)

    def get_networks(self, group: Group) -> list[str]:
        """Ids of the networks that belong to it as a whole."""
        return [str(network.id) for network in group.networks.all()]

    def get_ports(self, group: Group) -> list[str]:
        """Ids of the ports that belong to it by themselves."""
        return [str(port.id) for port in group.ports.all()]


class GroupMemberSerializer(PortSerializer):
    """A port that belongs to a group now, and why: `label app=shop`, `network web`,
    `prefix 10.1.0.0/24`, `named`."""

    why = serializers.SerializerMethodField()

    def get_why(self, port: Port) -> list[str]:
        """Every reason."""
        return list(why_member(port, self.context["group"]))
