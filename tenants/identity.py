"""Who someone is: the authentication backend and allauth's adapter, as the identity role."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from portal.lib.db import DatabaseRole, acting_as
from tenants.models import Person
from tenants.services import signing


class PersonBackend(AuthenticationBackend):
    """Sign-in by e-mail and password."""

    def authenticate(
        self, request: HttpRequest | None, **credentials: Any
    ) -> AbstractBaseUser | None:
        """The person with these credentials; takes as long for an unknown e-mail."""
        with acting_as(DatabaseRole.IDENTITY):
            return super().authenticate(request, **credentials)

    def get_user(self, user_id: Any) -> AbstractBaseUser | None:
        """The person of a session, unless deactivated since."""
        with acting_as(DatabaseRole.IDENTITY):
            return super().get_user(user_id)


class AccountAdapter(DefaultAccountAdapter):
    """People are added by an administrator; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> Any:
        """Where to go next; the trail tells who came."""
        signing.signed_in(cast(Person, user), self.get_client_ip(request))
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """The trail tells who tried, and never with which password."""
        signing.refused(str(credentials.get("email", "")), self.get_client_ip(request))

    def logout(self, request: HttpRequest) -> None:
        """The trail tells who left."""
        if request.user.is_authenticated:
            signing.signed_out(request.user, self.get_client_ip(request))
        super().logout(request)
