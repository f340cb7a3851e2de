"""Sessions, read and written as the identity role; Django's SESSION_ENGINE."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

from portal.lib.db import DatabaseRole, acting_as


class SessionStore(DatabaseSessionStore):
    """Django's database sessions. Every access enters the identity role on its own, so that a
    page may use the session whatever role it runs in, and no other role can read the table."""

    def load(self) -> dict[str, Any]:
        """The session's values."""
        with acting_as(DatabaseRole.IDENTITY):
            return dict(super().load())

    def exists(self, session_key: str) -> bool:
        """Whether the key is taken."""
        with acting_as(DatabaseRole.IDENTITY):
            return super().exists(session_key)

    def save(self, must_create: bool = False) -> None:
        """Write the values."""
        with acting_as(DatabaseRole.IDENTITY):
            super().save(must_create=must_create)

    def delete(self, session_key: str | None = None) -> None:
        """End the session."""
        with acting_as(DatabaseRole.IDENTITY):
            super().delete(session_key)

    @classmethod
    def clear_expired(cls) -> None:
        """Remove what nobody can use any more."""
        with acting_as(DatabaseRole.IDENTITY):
            super().clear_expired()
