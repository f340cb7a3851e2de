"""Regions and the address space that the tenant may use in them."""

from rest_framework import serializers

from portal.lib.serializers import PrefixField, StrictSerializer


class RegionSerializer(StrictSerializer):
    """A place where networks can be."""

    code = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)


class AllowedPrefixSerializer(StrictSerializer):
    """A prefix from which networks may be cut, or VIPs take their addresses."""

    id = serializers.UUIDField(read_only=True)
    prefix = PrefixField(read_only=True)
    purpose = serializers.CharField(read_only=True)


class FreePrefixesSerializer(StrictSerializer):
    """Prefixes that a network could have now."""

    prefixes = serializers.ListField(child=PrefixField(), read_only=True)


class FreePrefixQuerySerializer(StrictSerializer):
    """Which free prefixes are asked for: the length in bits, the IP version, how many at most."""

    length = serializers.IntegerField(min_value=8, max_value=64, default=24)
    version = serializers.ChoiceField([4, 6], default=4)
    limit = serializers.IntegerField(min_value=1, max_value=20, default=3)
