"""Who someone is: the authentication backend and allauth's adapter, as the identity role."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from portal.lib.db import DatabaseRole, acting_as


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
