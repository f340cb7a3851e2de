"""What this app's nouns look like to a program."""

from typing import Any

from rest_framework import serializers

from portal.lib.serializers import StrictSerializer
from tenants.models import Role


class TenantSerializer(StrictSerializer):
    """A tenant that the caller may enter."""

    slug = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    role = serializers.CharField(read_only=True)


class MeSerializer(StrictSerializer):
    """Who calls."""

    kind = serializers.ChoiceField(["person", "token"], read_only=True)
    id = serializers.UUIDField(read_only=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    staff_role = serializers.CharField(read_only=True)
    tenants = TenantSerializer(many=True, read_only=True)


class MemberSerializer(StrictSerializer):
    """A member; ``id`` is the membership's."""

    id = serializers.UUIDField(read_only=True)
    email = serializers.CharField(max_length=254)
    name = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    role = serializers.ChoiceField(Role.choices)
    created_at = serializers.DateTimeField(read_only=True)


class RoleSerializer(StrictSerializer):
    """A member's other role."""

    role = serializers.ChoiceField(Role.choices)


class TokenSerializer(StrictSerializer):
    """A token; its secret is never read."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=100)
    role = serializers.ChoiceField(Role.choices)
    prefix = serializers.CharField(read_only=True)
    creator = serializers.CharField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    last_used_at = serializers.DateTimeField(read_only=True)
    revoked_at = serializers.DateTimeField(read_only=True)


class NewTokenSerializer(StrictSerializer):
    """A token just made: the one time that its secret is shown."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    role = serializers.CharField(read_only=True)
    secret = serializers.CharField(read_only=True)


class AuditEventSerializer(StrictSerializer):
    """One act."""

    id = serializers.UUIDField(read_only=True)
    at = serializers.DateTimeField(read_only=True)
    actor = serializers.SerializerMethodField()
    on_behalf_reason = serializers.CharField(read_only=True)
    verb = serializers.CharField(read_only=True)
    subject = serializers.SerializerMethodField()
    detail = serializers.JSONField(read_only=True)
    request_id = serializers.CharField(read_only=True)

    def get_actor(self, row: dict[str, Any]) -> dict[str, str]:
        """Kind and name."""
        return {"kind": row["actor_kind"], "label": row["actor_label"]}

    def get_subject(self, row: dict[str, Any]) -> dict[str, str | None]:
        """Type, id and the name at that time."""
        id_ = row["subject_id"]
        return {
            "type": row["subject_type"],
            "id": str(id_) if id_ else None,
            "name": row["subject_name"],
        }
