"""The API of people, tokens and the trail."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from portal.lib.idempotency import IDEMPOTENCY_KEY
from portal.lib.pagination import page_of
from portal.lib.serializers import given
from tenants import selectors
from tenants.access import Capability
from tenants.api.base import SignedInApi, TenantApi
from tenants.api.serializers import (
    AuditEventSerializer,
    MemberSerializer,
    MeSerializer,
    NewTokenSerializer,
    RoleSerializer,
    TokenSerializer,
)
from tenants.gate import Visitor
from tenants.services import memberships, people, tokens


class Me(SignedInApi):
    """Who calls, and which tenants that opens."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The caller."""
        visitor: Visitor = request._request.visitor  # type: ignore[attr-defined]
        actor = self.actor
        tenants = [
            {"slug": row.tenant.slug, "name": row.tenant.name, "role": row.role}
            for row in visitor.memberships
        ]
        if actor.tenant is not None:
            ref = actor.tenant
            tenants = [{"slug": ref.slug, "name": ref.name, "role": actor.role}]
        return Response(
            MeSerializer(
                {
                    "kind": actor.kind,
                    "id": actor.id,
                    "label": actor.label,
                    "staff_role": actor.staff_role,
                    "tenants": tenants,
                }
            ).data
        )


class People(TenantApi):
    """The tenant's members."""

    capability = Capability.PEOPLE_VIEW
    write_capability = Capability.PEOPLE_MANAGE

    @extend_schema(operation_id="tenants_people_list", responses=page_of(MemberSerializer))
    def get(self, request: Request, slug: str) -> Response:
        """Newest first."""
        return self.page(selectors.people(self.actor), MemberSerializer)

    @extend_schema(
        request=MemberSerializer, responses={201: MemberSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    def post(self, request: Request, slug: str) -> Response:
        """Invite someone by e-mail."""
        invitation = people.invite(self.actor, self.tenant, **given(MemberSerializer, request))
        row = selectors.member(self.actor, invitation.membership_id)
        return Response(MemberSerializer(row).data, status.HTTP_201_CREATED)


class Member(TenantApi):
    """One member."""

    capability = Capability.PEOPLE_VIEW
    write_capability = Capability.PEOPLE_MANAGE

    @extend_schema(responses=MemberSerializer)
    def get(self, request: Request, slug: str, membership_id: UUID) -> Response:
        """The member."""
        return Response(MemberSerializer(selectors.member(self.actor, membership_id)).data)

    @extend_schema(request=RoleSerializer, responses=MemberSerializer, parameters=[IDEMPOTENCY_KEY])
    def patch(self, request: Request, slug: str, membership_id: UUID) -> Response:
        """Give the member another role."""
        selectors.member(self.actor, membership_id)
        memberships.change_role(self.actor, membership_id, **given(RoleSerializer, request))
        return Response(MemberSerializer(selectors.member(self.actor, membership_id)).data)

    @extend_schema(responses={204: None}, parameters=[IDEMPOTENCY_KEY])
    def delete(self, request: Request, slug: str, membership_id: UUID) -> Response:
        """End the membership."""
        memberships.remove(self.actor, membership_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Tokens(TenantApi):
    """The tenant's API tokens."""

    capability = Capability.TOKENS_MANAGE
    secret_answer = True

    @extend_schema(operation_id="tenants_tokens_list", responses=page_of(TokenSerializer))
    def get(self, request: Request, slug: str) -> Response:
        """Newest first, revoked ones too."""
        return self.page(selectors.tokens(self.actor), TokenSerializer)

    @extend_schema(
        request=TokenSerializer, responses={201: NewTokenSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    def post(self, request: Request, slug: str) -> Response:
        """Make a token. The answer holds the secret, this once."""
        new = tokens.create(self.actor, **given(TokenSerializer, request))
        return Response(NewTokenSerializer(new).data, status.HTTP_201_CREATED)


class Token(TenantApi):
    """One token."""

    capability = Capability.TOKENS_MANAGE

    @extend_schema(responses=TokenSerializer)
    def get(self, request: Request, slug: str, token_id: UUID) -> Response:
        """The token, without its secret."""
        return Response(TokenSerializer(selectors.token(self.actor, token_id)).data)

    @extend_schema(responses={204: None}, parameters=[IDEMPOTENCY_KEY])
    def delete(self, request: Request, slug: str, token_id: UUID) -> Response:
        """Revoke the token; its row stays for the trail."""
        tokens.revoke(self.actor, token_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Audit(TenantApi):
    """The tenant's audit trail."""

    capability = Capability.AUDIT_VIEW

    @extend_schema(operation_id="tenants_audit_list", responses=page_of(AuditEventSerializer))
    def get(self, request: Request, slug: str) -> Response:
        """Newest first."""
        return self.page(selectors.audit_events(self.actor), AuditEventSerializer)
