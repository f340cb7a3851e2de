"""What the API's serializers share: no unknown field passes, and addresses are canonical text."""

import ipaddress
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from portal.lib.errors import Refusal


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know: a misspelt one must not be ignored in silence."""

    def to_internal_value(self, data: Any) -> Any:
        """Raises ValidationError naming each unknown field and the ones that exist."""
        if isinstance(data, dict):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            unknown = sorted(set(data) - writable)
            if unknown:
                known = ", ".join(sorted(writable))
                raise serializers.ValidationError(
                    {
                        name: [f"There is no field “{name}” to write here. There are: {known}."]
                        for name in unknown
                    }
                )
        return super().to_internal_value(data)


class PrefixField(serializers.CharField):
    """A prefix in CIDR notation (RFC 4632, RFC 4291), host bits zero. The service parses it, so
    that pages and API refuse with the same sentence."""

    def to_representation(self, value: Any) -> str:
        """Canonical text."""
        return str(value)


class AddressField(serializers.CharField):
    """A host address, IPv4 or IPv6 (RFC 5952 on the way out)."""

    def to_representation(self, value: Any) -> str:
        """Canonical text without a length."""
        return str(ipaddress.ip_address(str(value).partition("/")[0]))


def given(
    serializer: type[serializers.Serializer[Any]], request: Request, *, partial: bool = False
) -> dict[str, Any]:
    """The request's body, checked. Raises ValidationError or, for an empty patch, Refusal."""
    checked = serializer(data=request.data, partial=partial)
    checked.is_valid(raise_exception=True)
    if partial and not checked.validated_data:
        names = ", ".join(name for name, field in checked.fields.items() if not field.read_only)
        raise Refusal("nothing-to-change", f"The body names no field. There are: {names}.")
    values: dict[str, Any] = checked.validated_data
    return values
