"""Rule, as read and as written."""

from rest_framework import serializers

from networking.intent import Protocol, RuleAction
from portal.lib.serializers import StrictSerializer


class RulePatchSerializer(StrictSerializer):
    """The fields that can change. `source` and `destination` hold terms: `any`, an address, a
    prefix, `group:shop`, `site:Berlin`; groups and sites by name or id. `ports` are text like
    `80,443,8000-8100`, empty for all."""

    name = serializers.CharField(max_length=63)
    description = serializers.CharField(required=False, allow_blank=True)
    source = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(), required=False, allow_empty=False
    )
    destination = serializers.ListField(
        child=serializers.CharField(), required=False, allow_empty=False
    )
    protocol = serializers.ChoiceField([one.value for one in Protocol], required=False)
    ports = serializers.CharField(required=False, allow_blank=True)
    action = serializers.ChoiceField([one.value for one in RuleAction], required=False)
    enabled = serializers.BooleanField(required=False)
    log = serializers.BooleanField(required=False)


class PlaceSerializer(StrictSerializer):
    """Directly before one rule or after one, by id; without either, behind all."""

    before = serializers.UUIDField(required=False)
    after = serializers.UUIDField(required=False)


class NewRuleSerializer(RulePatchSerializer, PlaceSerializer):
    """What makes a rule, and where in the list it is to stand."""


class CsvSerializer(StrictSerializer):
    """The whole list as CSV, for whoever sends JSON alone."""

    csv = serializers.CharField()


class RuleSerializer(StrictSerializer):
    """A rule as it is wanted. Of a tenant's rules the one with the lowest `rank` is matched
    first; ranks have gaps, and are null once a rule is being deleted."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)
    rank = serializers.IntegerField(read_only=True)
    source = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(), read_only=True
    )
    destination = serializers.ListField(child=serializers.CharField(), read_only=True)
    protocol = serializers.CharField(read_only=True)
    ports = serializers.CharField(source="ports_text", read_only=True)
    action = serializers.CharField(read_only=True)
    enabled = serializers.BooleanField(read_only=True)
    log = serializers.BooleanField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    retiring_at = serializers.DateTimeField(read_only=True)
