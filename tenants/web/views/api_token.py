"""Pages: keys with which programs act for the tenant."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic.base import TemplateResponseMixin

from portal.lib.errors import Refusal
from portal.lib.forms import add_refusal
from tenants import selectors
from tenants.access import Capability
from tenants.services import tokens
from tenants.web.base import TenantPage
from tenants.web.forms import TokenForm


@method_decorator(never_cache, name="dispatch")
class TokenList(TemplateResponseMixin, TenantPage):
    """The tokens, and the form that makes one."""

    capability = Capability.TOKENS_MANAGE
    template_name = "tenants/api_token_list.html"
    nav = "tokens"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The list."""
        return self._page(TokenForm())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Make a token and show its secret: in the answer, because nothing may keep it."""
        form = TokenForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            new = tokens.create(
                self.actor,
                name=form.cleaned_data["name"],
                role=form.cleaned_data["role"],
                expires_at=form.expires_at(),
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self._page(form, status=422)
        return self._page(TokenForm(), new=new)

    def _page(self, form: TokenForm, status: int = 200, **more: Any) -> HttpResponse:
        context = self.get_context_data(
            tokens=list(selectors.tokens(self.actor)), now=timezone.now(), form=form, **more
        )
        return self.render_to_response(context, status=status)


class TokenRevoke(TenantPage):
    """The end of a token."""

    capability = Capability.TOKENS_MANAGE

    def post(self, request: HttpRequest, slug: str, token_id: UUID) -> HttpResponse:
        """Revoke it."""
        tokens.revoke(self.actor, token_id)
        messages.success(request, "The token is revoked: what uses it gets 401 from now on.")
        return redirect("tenants:tokens", slug=slug)
