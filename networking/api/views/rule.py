"""Rules."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from networking import selectors
from networking.api.answers import answer, versioned, write_schema
from networking.api.filters import RuleQuery, narrowing
from networking.api.serializers import (
    CsvSerializer,
    NewRuleSerializer,
    PlaceSerializer,
    RulePatchSerializer,
    RuleSerializer,
)
from networking.services import rule_import, rules
from networking.services.rules import RuleInput, RulePatch
from portal.lib.errors import Refusal
from portal.lib.etags import expected_version
from portal.lib.pagination import page_of
from portal.lib.parsers import WholeTextParser
from portal.lib.serializers import given
from tenants.access import Capability
from tenants.api.base import TenantApi

CSV = "text/csv"


class CsvParser(BaseParser):
    """A body of text/csv in UTF-8 (RFC 4180), as text."""

    media_type = CSV

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Raises Refusal for bytes that are no UTF-8."""
        try:
            return str(stream.read(), "utf-8")
        except UnicodeDecodeError as error:
            raise Refusal("csv-invalid", "The file is not UTF-8.", field="csv") from error


class Rules(TenantApi):
    """The tenant's rules."""

    capability = Capability.NETWORK_VIEW
    write_capability = Capability.NETWORK_WRITE

    @extend_schema(
        operation_id="tenants_rules_list", responses=page_of(RuleSerializer), parameters=[RuleQuery]
    )
    def get(self, request: Request, slug: str) -> Response:
        """In the order in which they are matched; those being deleted have no place in it."""
        rows = selectors.rules(self.actor, **narrowing(RuleQuery, request))
        return self.page(rows.filter(retiring_at=None), RuleSerializer, ordering="rank")

    @write_schema(NewRuleSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Add a rule."""
        fields = _tuples(given(NewRuleSerializer, request))
        before, after = fields.pop("before", None), fields.pop("after", None)
        wanted = RuleInput(**fields)
        return answer(
            request,
            self.actor,
            lambda: rules.create(self.actor, wanted, before=before, after=after),
        )


class RulesCsv(TenantApi):
    """The whole list as CSV. The columns are described in `docs/rules.md`."""

    capability = Capability.NETWORK_VIEW
    write_capability = Capability.NETWORK_WRITE
    parser_classes = (CsvParser, WholeTextParser)

    @extend_schema(responses={(200, CSV): OpenApiTypes.STR})
    def get(self, request: Request, slug: str) -> HttpResponse:
        """In the order in which they are matched."""
        text = selectors.rules_csv(self.actor)
        named = {"Content-Disposition": f'attachment; filename="{slug}-rules.csv"'}
        return HttpResponse(text, content_type=f"{CSV}; charset=utf-8", headers=named)

    @write_schema({CSV: OpenApiTypes.STR, "application/json": CsvSerializer})
    def put(self, request: Request, slug: str) -> Response:
        """Make the list what the file says; one bad row, and nothing is written."""
        text = request.data
        if not isinstance(text, str):
            text = given(CsvSerializer, request)["csv"]
        return answer(request, self.actor, lambda: rule_import.replace_all(self.actor, text))


class Rule(TenantApi):
    """One rule."""

    capability = Capability.NETWORK_VIEW
    write_capability = Capability.NETWORK_WRITE

    @extend_schema(responses=RuleSerializer)
    def get(self, request: Request, slug: str, rule_id: UUID) -> Response:
        """The rule, with its ETag."""
        rule = selectors.rule(self.actor, rule_id)
        return versioned(RuleSerializer(rule).data, rule.version)

    @write_schema(RulePatchSerializer, versioned=True)
    def patch(self, request: Request, slug: str, rule_id: UUID) -> Response:
        """Change some fields."""
        selectors.rule(self.actor, rule_id)
        fields = _tuples(given(RulePatchSerializer, request, partial=True))
        patch = RulePatch(**fields)  # type: ignore[typeddict-item]
        expect = expected_version(request)
        return answer(
            request, self.actor, lambda: rules.update(self.actor, rule_id, patch, expect=expect)
        )

    @write_schema(versioned=True)
    def delete(self, request: Request, slug: str, rule_id: UUID) -> Response:
        """Delete the rule."""
        expect = expected_version(request)
        return answer(request, self.actor, lambda: rules.delete(self.actor, rule_id, expect=expect))


class RuleMove(TenantApi):
    """The place of a rule in the list."""

    capability = Capability.NETWORK_WRITE

    @write_schema(PlaceSerializer, versioned=True)
    def post(self, request: Request, slug: str, rule_id: UUID) -> Response:
        """Put the rule elsewhere."""
        place = given(PlaceSerializer, request)
        expect = expected_version(request)
        return answer(
            request,
            self.actor,
            lambda: rules.move(self.actor, rule_id, **place, expect=expect),
        )


class RuleCopy(TenantApi):
    """A second rule like a first one."""

    capability = Capability.NETWORK_WRITE

    @write_schema()
    def post(self, request: Request, slug: str, rule_id: UUID) -> Response:
        """Copy the rule, directly behind itself."""
        return answer(request, self.actor, lambda: rules.copy(self.actor, rule_id))


def _tuples(fields: dict[str, Any]) -> dict[str, Any]:
    lists = ("source", "destination")
    return {name: tuple(value) if name in lists else value for name, value in fields.items()}
