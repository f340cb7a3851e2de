"""Alert: something that the provider's people are told of, once, and again when it is over."""

from django.db import models

from networking.models.base import Row


class Alert(Row):
    """What is wrong with `subject`, for people of the provider; customers never read it.

    `created_at` is when it was opened, `since` when the trouble began, `cleared_at` when it was
    first seen to be gone; `ended_at` is set once it has stayed so. `times` counts how often it was
    seen to begin. `told_at` and `end_told_at` are when the mails went out; `telling_until` is the
    lease of whoever is sending one.
    """

    class Kind(models.TextChoices):
        CHANGE = "change", "Change stuck"
        HOST = "host", "Host silent"
        SESSION = "session", "BGP session down"
        DEVICE = "device", "Device away"
        DRIFT = "drift", "Drift found"

    kind = models.CharField(max_length=16, choices=Kind)
    subject_id = models.UUIDField()
    subject = models.CharField(max_length=400)
    text = models.TextField()
    since = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    cleared_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    end_told_at = models.DateTimeField(null=True, blank=True)
    telling_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "subject_id"),
                name="alert_open_once",
                condition=models.Q(ended_at=None),
            ),
        )
        indexes = (models.Index(fields=("kind", "subject_id", "-since"), name="alert_of_subject"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.text}"
