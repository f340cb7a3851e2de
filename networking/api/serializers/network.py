"""Network, as read and as written."""

from rest_framework import serializers

from networking.models import Network
from portal.lib.serializers import PrefixField, StrictSerializer


class NetworkPatchSerializer(StrictSerializer):
    """The fields that can change. `mtu` is in bytes. With `default_deny` what no rule allows is
    cut: towards the network's machines, and from them to destinations outside the tenant's
    networks."""

    name = serializers.CharField(max_length=63)
    ipv4_prefix = PrefixField()
    ipv6_prefix = PrefixField(required=False, allow_blank=True)
    dhcp = serializers.BooleanField(required=False)
    mtu = serializers.IntegerField(required=False)
    learned_by = serializers.ChoiceField(Network.LearnedBy.choices, required=False)
    sites = serializers.ListField(child=serializers.UUIDField(), required=False)
    default_deny = serializers.BooleanField(required=False)


class NewNetworkSerializer(NetworkPatchSerializer):
    """What makes a network; `region` is a region's code."""

    region = serializers.CharField(max_length=32)


class NetworkSerializer(StrictSerializer):
    """A network as it is wanted. `retiring_at` is set while it is being deleted."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    region = serializers.CharField(source="region.code", read_only=True)
    ipv4_prefix = PrefixField(read_only=True)
    ipv6_prefix = PrefixField(read_only=True, allow_null=True)
    dhcp = serializers.BooleanField(read_only=True)
    mtu = serializers.IntegerField(read_only=True)
    learned_by = serializers.CharField(read_only=True)
    sites = serializers.SerializerMethodField()
    default_deny = serializers.BooleanField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    retiring_at = serializers.DateTimeField(read_only=True)

    def get_sites(self, network: Network) -> list[str]:
        """Ids of the chosen sites; empty unless `learned_by` is "some"."""
        return [str(site.id) for site in network.sites.all()]
