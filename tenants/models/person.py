"""Someone who signs in."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from portal.lib.ids import uuid7


class StaffRole(models.TextChoices):
    """What someone of the provider is; empty for customers' people."""

    NONE = "", "not staff"
    OPERATOR = "operator", "operator"
    FINANCE = "finance", "finance"


class PersonManager(BaseUserManager["Person"]):
    """Makes people; the e-mail is the name they sign in with."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """A new person; without a password nobody can sign in until one is set."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Sign-in ignores the case of the e-mail."""
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """A human being, of customers or of the provider, known by e-mail."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    staff_role = models.CharField(
        max_length=10, choices=StaffRole.choices, default=StaffRole.NONE, blank=True
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["email"]
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="person_email_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(staff_role__in=StaffRole.values), name="person_staff_role_known"
            ),
        ]

    @property
    def label(self) -> str:
        """How the audit trail and the pages call this person."""
        return f"{self.name} <{self.email}>" if self.name else self.email
