"""Change, its verdicts, and the preview of one."""

from typing import Any

from rest_framework import serializers

from networking.api.serializers.annotated import AnnotatedMixin
from networking.api.serializers.reach import TrialSerializer
from networking.models import Change
from portal.lib.serializers import StrictSerializer


class SubjectSerializer(StrictSerializer):
    """What a change is about, with the name at that time."""

    type = serializers.CharField(source="subject_type", read_only=True)
    id = serializers.UUIDField(source="subject_id", read_only=True)
    name = serializers.CharField(source="subject_name", read_only=True)


class ActorSerializer(StrictSerializer):
    """Who asked; `on_behalf_reason` is set when staff acted for the tenant."""

    kind = serializers.CharField(source="actor_kind", read_only=True)
    label = serializers.CharField(source="actor_label", read_only=True)  # type: ignore[assignment]
    on_behalf_reason = serializers.CharField(read_only=True)


class VerdictSerializer(StrictSerializer):
    """What one host, router or site said; `seconds` run from the change's acceptance."""

    subject_type = serializers.CharField(read_only=True)
    subject_name = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)
    seconds = serializers.FloatField(read_only=True)
    at = serializers.DateTimeField(read_only=True)


class PlanField(serializers.JSONField):
    """The steps by scope. The effects stand beside them."""

    def to_representation(self, value: Any) -> Any:
        """Without the effects."""
        return [{name: one[name] for name in one if name != "effects"} for one in value]


class EndSerializer(StrictSerializer):
    """A group by its name, `network web`, `site Berlin`, a prefix, or `any`; `machines` of its
    `total` are concerned, 0 where it has none."""

    name = serializers.CharField(read_only=True)
    machines = serializers.IntegerField(read_only=True)
    total = serializers.IntegerField(read_only=True)


class EffectSerializer(StrictSerializer):
    """Packets of `services` from `source` to `destination`; of one address family alone where
    `family` names it. `text` says all of it."""

    text = serializers.CharField(read_only=True)
    source = EndSerializer(read_only=True)  # type: ignore[assignment]
    destination = EndSerializer(read_only=True)
    services = serializers.CharField(read_only=True)
    family = serializers.CharField(read_only=True)


class EffectsSerializer(StrictSerializer):
    """What policy opens and closes between whom. `more_…` count what the lists leave out;
    `complete` is false where there was too much to look at; `nothing` says why both are empty."""

    opens = EffectSerializer(many=True, read_only=True)
    more_opens = serializers.IntegerField(read_only=True)
    closes = EffectSerializer(many=True, read_only=True)
    more_closes = serializers.IntegerField(read_only=True)
    complete = serializers.BooleanField(read_only=True)
    nothing = serializers.CharField(read_only=True)


class ChangeSerializer(StrictSerializer):
    """A change and how far it has come."""

    id = serializers.UUIDField(read_only=True)
    generation = serializers.IntegerField(read_only=True)
    state = serializers.ChoiceField(Change.State.choices, read_only=True)
    reason = serializers.CharField(read_only=True)
    verb = serializers.ChoiceField(Change.Verb.choices, read_only=True)
    subject = SubjectSerializer(source="*", read_only=True)
    summary = serializers.CharField(read_only=True)
    actor = ActorSerializer(source="*", read_only=True)
    before = serializers.JSONField(read_only=True)
    after = serializers.JSONField(read_only=True)
    plan = PlanField(read_only=True)
    effects = EffectsSerializer(read_only=True, allow_null=True)
    warnings = serializers.ListField(child=serializers.CharField(), read_only=True)
    reverts = serializers.UUIDField(source="reverts_id", read_only=True)
    superseded_by = serializers.UUIDField(source="superseded_by_id", read_only=True)
    verdicts = VerdictSerializer(many=True, read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    done_at = serializers.DateTimeField(read_only=True)


class ChangeDetailSerializer(AnnotatedMixin, ChangeSerializer):
    """A change by itself. Its price is as of when it was accepted."""


class PreviewSerializer(AnnotatedMixin, StrictSerializer):
    """What a write would do; nothing was written. `generation` is the one that it was foreseen
    on: send it back as `?generation=` to write only if it still holds. `reach` is there if the dry
    run asked whether one reaches another."""

    generation = serializers.IntegerField(read_only=True)
    verb = serializers.ChoiceField(Change.Verb.choices, read_only=True)
    summary = serializers.CharField(read_only=True)
    before = serializers.JSONField(read_only=True)
    after = serializers.JSONField(read_only=True)
    plan = PlanField(read_only=True)
    effects = EffectsSerializer(read_only=True, allow_null=True)
    warnings = serializers.ListField(child=serializers.CharField(), read_only=True)
    reach = TrialSerializer(read_only=True)
