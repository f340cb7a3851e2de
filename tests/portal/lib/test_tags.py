"""The tags of pages: what they say, and that they escape."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.template import Context, Template

EVIL = "<script>alert(1)</script>"


def render(text: str, **context: object) -> str:
    return Template("{% load demarc %}" + text).render(Context(context))


def test_a_state_is_a_word_and_not_a_colour_alone() -> None:
    html = render("{% state 'ok' 'Established' 'since 12:04' %}")

    assert html == '<span class="state tone-ok" title="since 12:04">Established</span>'


def test_a_state_of_no_known_tone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no tone"):
        render("{% state 'purple' 'Odd' %}")


@pytest.mark.parametrize(
    "text", ["{% state 'ok' x x %}", "{{ x|code }}", "{% icon x %}", "{% meter 1 2 x %}"]
)
def test_what_people_wrote_is_escaped(text: str) -> None:
    html = render(text, x=EVIL)

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_time_has_its_exact_self_as_title() -> None:
    html = render("{% ago x %}", x=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC))

    assert 'title="2020-01-02 03:04:05 UTC"' in html
    assert "y ago" in html


def test_no_time_is_said_in_words() -> None:
    assert "not yet" in render("{% ago x 'not yet' %}", x=None)


@pytest.mark.parametrize(
    ("used", "total", "width"), [(0, 10, "0.0"), (1, 1000, "4.0"), (5, 10, "50.0"), (9, 0, "4.0")]
)
def test_a_meter_shows_the_share_used(used: int, total: int, width: str) -> None:
    html = render("{% meter used total 'addresses' %}", used=used, total=total)

    assert f'width="{width}"' in html
    assert f"{used} of {total} addresses" in html


class Sample(forms.Form):
    name = forms.CharField(help_text="A DNS label.")
    dhcp = forms.BooleanField(required=False)
    learned_by = forms.ChoiceField(choices=[("all", "Every site")], widget=forms.RadioSelect)


def test_a_field_ties_label_hint_and_error_together() -> None:
    form = Sample({"name": ""})
    form.is_valid()

    html = render("{% field form.name %}", form=form)

    assert 'for="id_name"' in html
    assert 'aria-describedby="id_name_error id_name_hint"' in html
    assert 'aria-invalid="true"' in html
    assert "This field is required." in html


def test_radio_buttons_are_a_group_with_a_legend() -> None:
    html = render("{% field form.learned_by %}", form=Sample())

    assert "<legend" in html
    assert 'type="radio"' in html


def test_a_checkbox_stands_before_its_label() -> None:
    html = render("{% field form.dhcp %}", form=Sample())

    assert html.index('type="checkbox"') < html.index("Dhcp")
    assert "optional" not in html


def test_a_person_is_named_and_the_address_stands_in_the_title() -> None:
    label = "Ada <b> <ada@acme.example>"

    assert render("{{ x|who }}", x="Ada Acme <ada@acme.example>") == (
        '<span title="ada@acme.example">Ada Acme</span>'
    )
    assert "<b>" not in render("{{ x|who }}", x=label)
    assert render("{{ x|who }}", x="Demo") == "Demo"
