"""Error pages: they keep the frame, say what to do, and offer a way on."""

import pytest
from django.test import Client

from tests.world import World


def test_a_missing_page_of_a_tenant_keeps_the_menu(world: World) -> None:
    response = world.client("acme", "network").get(
        "/t/acme/networks/01890000-0000-7000-8000-000000000000/"
    )

    page = response.content.decode()
    assert response.status_code == 404
    assert "There is no such page here" in page
    assert 'href="/t/acme/networks/"' in page


def test_a_refused_page_says_whom_to_ask(world: World) -> None:
    response = world.client("acme", "read_only").get("/t/acme/networks/new")

    assert response.status_code == 403
    assert "Ask an administrator" in response.content.decode()


@pytest.mark.django_db
def test_an_unknown_address_has_a_way_back_for_anyone() -> None:
    response = Client().get("/no/such/page")

    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()


def test_a_form_without_its_token_changes_nothing_and_says_why(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = world.client("acme", "admin").cookies

    response = client.post("/t/acme/networks/new", {"intent": "review"})

    assert response.status_code == 403
    assert "That form was too old" in response.content.decode()


def test_every_page_forbids_inline_code(world: World) -> None:
    policy = world.client("acme", "admin").get("/t/acme/").headers["Content-Security-Policy"]

    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
