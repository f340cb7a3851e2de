"""A person of Acme at the pages."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import Frankfurt
from tests.world import World

HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Browser:
    """A browser without scripts; paths are below `/t/acme/`."""

    client: Client

    def get(self, path: str, **query: str) -> Any:
        """The page."""
        return self.client.get(f"/t/acme/{path}", query)

    def fragment(self, path: str, **query: str) -> Any:
        """What htmx gets at the same address."""
        return self.client.get(f"/t/acme/{path}", query, headers=HTMX)

    def post(self, path: str, intent: str = "review", **data: Any) -> Any:
        """A form as its button sends it."""
        return self.client.post(f"/t/acme/{path}", {"intent": intent, **data})

    def carry_out(self, path: str, **data: Any) -> Any:
        """Review, then confirm with all that the review carried along."""
        review = self.post(path, **data)
        assert review.status_code == 200, text_of(review)
        carried = dict(review.context["fields"]) | {"generation": str(generation(review))}
        return self.post(path, "confirm", **carried)


@pytest.fixture
def engineer(world: World, fra: Frankfurt) -> Browser:
    """Acme's network role, in a Frankfurt where Acme may use 10.1.0.0/16."""
    return Browser(world.client("acme", "network"))


@pytest.fixture
def reader(world: World, fra: Frankfurt) -> Browser:
    """Acme's read-only role."""
    return Browser(world.client("acme", "read_only"))


def text_of(response: Any) -> str:
    """The page's source."""
    return str(response.content.decode())


def generation(review: Any) -> int:
    """The generation of a review's plan."""
    return int(review.context["preview"].generation)


def count(model: type[Model]) -> int:
    """How many rows there are, of all tenants."""
    with acting_as(DatabaseRole.WORKER):
        return model._default_manager.count()
