"""Region: a place where networks can be."""

from django.db import models

from networking.models.base import Row


class Region(Row):
    """A place with one fabric or more and the routers that lead out of it."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=63)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
