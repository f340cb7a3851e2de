"""One address, two answers."""

import pytest

from tests.factories.acts import Frankfurt, add_network, add_port, add_site, newest_change
from tests.networking.web.conftest import Browser, text_of
from tests.world import World

NOUNS = ("networks", "ports", "groups", "rules", "vips")


@pytest.fixture
def paths(world: World, fra: Frankfurt) -> list[str]:
    """Every page with a live part."""
    site = add_site(world.acme, fra.attachments[0], "Berlin")
    port = add_port(world.acme, add_network(world.acme))
    details = {
        "networks": port.network_id,
        "ports": port.id,
        "sites": site.id,
        "changes": newest_change(world.acme).id,
    }
    pages = [f"{noun}/{id_}/" for noun, id_ in details.items()]
    return ["", *(f"{noun}/" for noun in (*details, "groups", "rules", "vips")), *pages]


def test_htmx_gets_the_live_part_alone_and_it_names_itself(
    engineer: Browser, paths: list[str]
) -> None:
    for path in paths:
        whole, part = engineer.get(path), engineer.fragment(path)

        assert "<html" in text_of(whole)
        assert "<html" not in text_of(part)
        assert text_of(part).count('id="live"') == 1
        assert f'hx-get="/t/acme/{path}"' in text_of(part)
        for response in (whole, part):
            assert "HX-Request" in response.headers["Vary"]


def test_a_restored_page_of_the_history_is_a_whole_one(engineer: Browser) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    response = engineer.client.get("/t/acme/networks/", headers=headers)

    assert "<html" in text_of(response)


def test_a_part_keeps_the_search_that_it_was_asked_with(engineer: Browser, world: World) -> None:
    add_network(world.acme)

    part = text_of(engineer.fragment("networks/", q="web"))

    assert 'hx-get="/t/acme/networks/?q=web"' in part


def test_pages_need_no_inline_style_or_handler(engineer: Browser, paths: list[str]) -> None:
    for path in [*paths, *(f"{noun}/new" for noun in NOUNS), "reach/", "rules/import"]:
        page = text_of(engineer.get(path))

        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page
