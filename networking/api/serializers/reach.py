"""The question whether one reaches another, and its answers."""

from typing import Any

from rest_framework import serializers

from networking.services.reaching import PROTOCOLS, Question
from portal.lib.serializers import StrictSerializer


class QuestionSerializer(StrictSerializer):
    """Each side is a machine's name, an address or `site:Berlin`; the destination may be
    `vip:shop`. `port` is the destination's, of TCP and UDP. `version` is the address family where
    neither side is an address."""

    source = serializers.CharField()  # type: ignore[assignment]
    destination = serializers.CharField()
    protocol = serializers.ChoiceField(PROTOCOLS, default=PROTOCOLS[0])
    port = serializers.IntegerField(default=0, min_value=0, max_value=65535)
    version = serializers.ChoiceField([4, 6], default=4)

    def question(self) -> Question:
        """What was asked. Raises ValidationError."""
        self.is_valid(raise_exception=True)
        fields: dict[str, Any] = self.validated_data
        return Question(**fields)


class HopSerializer(StrictSerializer):
    """One thing on the way."""

    kind = serializers.CharField(read_only=True)
    id = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)


class DecisionSerializer(StrictSerializer):
    """What decides, and why in a sentence; `id` is that of the rule, network, VIP or site."""

    by = serializers.CharField(read_only=True)
    id = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)


class AnswerSerializer(StrictSerializer):
    """Whether the packet arrives and its replies come back; `hops` go as far as it does. Where one
    of the two is not there, `allowed` is null and `missing` its name. `member` is the port id of
    the VIP's member that the answer speaks of."""

    allowed = serializers.BooleanField(source="verdict.allowed", read_only=True, allow_null=True)
    decision = DecisionSerializer(source="verdict.decision", read_only=True, allow_null=True)
    hops = HopSerializer(source="verdict.hops", many=True, read_only=True, allow_null=True)
    source_address = serializers.CharField(source="verdict.source", read_only=True, allow_null=True)
    destination_address = serializers.CharField(
        source="verdict.destination", read_only=True, allow_null=True
    )
    member = serializers.CharField(source="verdict.member", read_only=True, allow_null=True)
    missing = serializers.CharField(read_only=True)


class TrialSerializer(StrictSerializer):
    """A question's answers as things are, and as the write would have them."""

    before = AnswerSerializer(read_only=True)
    after = AnswerSerializer(read_only=True)
