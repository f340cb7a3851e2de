"""What all rows of the app share."""

from django.db import models

from portal.lib.ids import uuid7


class Row(models.Model):
    """A row with a time-ordered id (RFC 9562 version 7). Times are UTC."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
