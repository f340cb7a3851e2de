"""One address, two answers: the whole page, or the part of it that htmx swaps in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.generic.base import TemplateResponseMixin


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part; a restored history entry needs the whole page."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)


class FragmentMixin(TemplateResponseMixin):
    """Renders `fragment_name` for htmx and `template_name`, which includes it, for the rest."""

    fragment_name: str | None = None
    request: HttpRequest

    def get_template_names(self) -> list[str]:
        """The fragment where one exists and was asked for."""
        if self.fragment_name and wants_fragment(self.request):
            return [self.fragment_name]
        return super().get_template_names()

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """The two answers never take each other's place in a cache."""
        response = super().render_to_response(context, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response
