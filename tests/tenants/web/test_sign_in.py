"""Signing in and out, and where one lands."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from portal.lib.db import DatabaseRole, acting_as
from tests.factories.tenants import PASSWORD, make_membership, make_person


def sign_in(email, password=PASSWORD, **more):
    browser = Client()
    response = browser.post(
        "/accounts/login/", {"login": email, "password": password, **more}, follow=True
    )
    return browser, response


@pytest.mark.parametrize(
    ("email", "lands"),
    [
        ("network@acme.example", "/t/acme/"),
        ("NETWORK@ACME.example", "/t/acme/"),
        ("operator@provider.example", "/msp/"),
        ("finance@provider.example", "/msp/"),
    ],
)
def test_landing(world, email, lands):
    _, response = sign_in(email)
    assert response.redirect_chain[-1][0] == lands


def test_back_to_where_one_was_sent_from(world):
    asked = Client().get("/t/acme/people/?x=1")
    assert asked.url == "/accounts/login/?next=/t/acme/people/%3Fx%3D1"
    _, response = sign_in("admin@acme.example", next="/t/acme/people/?x=1")
    assert response.redirect_chain[-1][0] == "/t/acme/people/?x=1"


def test_never_to_another_host(world):
    _, response = sign_in("admin@acme.example", next="https://evil.example/")
    assert response.redirect_chain[-1][0] == "/t/acme/"


def test_a_wrong_password_and_an_unknown_address_look_alike(world):
    _, wrong = sign_in("admin@acme.example", "wrong")
    _, unknown = sign_in("nobody@acme.example", "wrong")
    assert wrong.status_code == unknown.status_code == 200
    pages = [
        re.sub(r'value="[^"]*"|nonce="[^"]*"', "", page.content.decode())
        for page in (wrong, unknown)
    ]
    assert pages[0] == pages[1]
    assert "correct" in pages[0]


def test_guessing_is_slowed_down(world):
    for _ in range(5):
        sign_in("admin@acme.example", "wrong")
    browser, response = sign_in("admin@acme.example")
    assert not response.redirect_chain
    assert browser.get("/").status_code == 302


def test_a_deactivated_person_stays_out_at_once(world):
    browser = world.client("acme", "network")
    assert browser.get("/t/acme/people/").status_code == 200
    person = world.person("acme", "network")
    with acting_as(DatabaseRole.IDENTITY):
        person.is_active = False
        person.save(update_fields=["is_active"])
    assert browser.get("/t/acme/people/").status_code == 302
    _, response = sign_in("network@acme.example")
    assert b"closed" in response.content


def test_several_tenants_are_a_choice(world):
    person = world.person("acme", "network")
    make_membership(world.globex, person, "read_only")
    page = world.client("acme", "network").get("/")
    assert b'href="/t/acme/"' in page.content
    assert b'href="/t/globex/"' in page.content


def test_someone_without_a_tenant_is_told_what_to_do(world):
    page = world.signed_in(make_person("alone@nowhere.example")).get("/")
    assert b"belong to no organisation yet" in page.content


def test_sign_out(world):
    browser, _ = sign_in("admin@acme.example")
    assert browser.post("/accounts/logout/").status_code == 302
    assert browser.get("/t/acme/people/").status_code == 302


def test_another_password(world):
    browser, _ = sign_in("admin@acme.example")
    fresh = "another long secret"
    browser.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh},
    )
    _, old = sign_in("admin@acme.example")
    assert not old.redirect_chain
    _, new = sign_in("admin@acme.example", fresh)
    assert new.redirect_chain


def test_a_forgotten_password(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        Client().post("/accounts/password/reset/", {"email": "admin@acme.example"})
    (message,) = mail.outbox
    link = re.search(r"https?://[^/]+(/accounts/\S+)", message.body)[1]
    browser = Client()
    form = browser.get(link, follow=True)
    fresh = "another long secret"
    browser.post(form.request["PATH_INFO"], {"password1": fresh, "password2": fresh})
    _, response = sign_in("admin@acme.example", fresh)
    assert response.redirect_chain


def test_nobody_signs_up(world):
    page = Client().post(
        "/accounts/signup/", {"email": "new@x.example", "password1": PASSWORD}, follow=True
    )
    assert b"People are added here" in page.content
    with acting_as(DatabaseRole.IDENTITY), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenants_person WHERE email = 'new@x.example'")
        assert cursor.fetchone() == (0,)
