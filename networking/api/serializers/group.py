"""Group, as read and as written."""

from rest_framework import serializers

from networking.models import Group
from portal.lib.serializers import PrefixField, StrictSerializer


class GroupPatchSerializer(StrictSerializer):
    """The fields that can change. Members are machines with all of `labels`, whole networks by
    id, and prefixes; each field replaces what was there."""

    name = serializers.CharField(max_length=63)
    description = serializers.CharField(required=False, allow_blank=True)
    labels = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    networks = serializers.ListField(child=serializers.UUIDField(), required=False)
    prefixes = serializers.ListField(child=PrefixField(), required=False)


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
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    retiring_at = serializers.DateTimeField(read_only=True)

    def get_networks(self, group: Group) -> list[str]:
        """Ids of the networks that belong to it as a whole."""
        return [str(network.id) for network in group.networks.all()]
