"""What onboarding gives a customer: prefixes and attachments."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from networking import selectors as networking
from networking.api.serializers import AllowedPrefixSerializer
from networking.services import onboarding
from portal.api.answers import answer, write_schema
from portal.api.serializers.region import AttachmentSerializer, ClaimSerializer
from portal.api.views.base import CustomerApi
from portal.lib.serializers import PrefixField, StrictSerializer, given


class NewPrefixSerializer(StrictSerializer):
    """A prefix to allow: for networks, or for the addresses of VIPs."""

    prefix = PrefixField()
    purpose = serializers.ChoiceField(["networks", "vips"], default="networks")


class CustomerPrefixes(CustomerApi):
    """The prefixes that the customer may use."""

    @extend_schema(responses=AllowedPrefixSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """All of them, by prefix: they are few."""
        rows = networking.allowed_prefixes(self.actor, self.customer.ref.id)
        return Response(AllowedPrefixSerializer(rows, many=True).data)

    @extend_schema(request=NewPrefixSerializer, responses={201: AllowedPrefixSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Allow one more. No device has to do anything."""
        fields = given(NewPrefixSerializer, request)
        row = onboarding.allow_prefix(self.actor, self.customer.ref.id, **fields)
        return Response(AllowedPrefixSerializer(row).data, status.HTTP_201_CREATED)


class CustomerPrefix(CustomerApi):
    """One of them."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, allowed_prefix_id: UUID) -> Response:
        """Take it back; no network of the customer may be in it."""
        onboarding.remove_prefix(self.actor, self.customer.ref.id, allowed_prefix_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CustomerAttachments(CustomerApi):
    """The customer's attachments."""

    @extend_schema(responses=AttachmentSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """All of them: one a region."""
        rows = networking.attachments(self.actor, self.customer.ref.id)
        return Response(AttachmentSerializer(rows, many=True).data)

    @write_schema(ClaimSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Claim a spare one."""
        customer, fields = self.customer.ref, given(ClaimSerializer, request)
        return answer(
            request,
            customer,
            lambda: onboarding.claim_attachment(self.actor, customer.id, fields["attachment"]),
        )


class CustomerAttachment(CustomerApi):
    """One of them."""

    @write_schema()
    def delete(self, request: Request, slug: str, attachment_id: UUID) -> Response:
        """Release it; its sites must be gone."""
        customer = self.customer.ref
        return answer(
            request,
            customer,
            lambda: onboarding.release_attachment(self.actor, customer.id, attachment_id),
        )
