"""How the API's views learn who calls: the middleware has found out already."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class ActorAuthentication(SessionAuthentication):
    """Hands the actor of the request on; a browser's session needs its CSRF token, too."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The person, or None for a token, and the actor."""
        actor = getattr(request._request, "actor", None)
        if actor is None:
            return None
        if actor.kind == "person":
            self.enforce_csrf(request)
            return request._request.user, actor
        return None, actor

    def authenticate_header(self, request: Request) -> str:
        """What a 401 names."""
        return "Bearer"


class ActorAuthenticationScheme(OpenApiAuthenticationExtension):
    """The same for the OpenAPI description."""

    target_class = ActorAuthentication
    name = ["token", "session"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        """A token for programs, the session's cookie for pages."""
        return [
            {
                "type": "http",
                "scheme": "bearer",
                "description": "An API token: made on the page API tokens, shown once.",
            },
            {"type": "apiKey", "in": "cookie", "name": "session"},
        ]
