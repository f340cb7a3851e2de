"""The parts of pages: icons, states, times, meters, menu entries, fields, the event stream."""

from datetime import datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.template.context import RequestContext
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.lib import words

register = template.Library()

SPRITE = "vendor/tabler-icons-3.51.0/icons.svg"
TONES = frozenset({"ok", "warn", "bad", "busy", "off"})
MESSAGE_TONES = {"success": "ok", "info": "busy", "warning": "warn", "error": "bad"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite, hidden from screen readers: words stand beside it."""
    return format_html(
        '<svg class="i" width="18" height="18" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static(SPRITE),
        name,
    )


@register.simple_tag
def state(tone: str, word: str, title: str = "") -> SafeString:
    """A state: a dot in one of `TONES` and a word. Raises ValueError for another tone."""
    if tone not in TONES:
        raise ValueError(f"{tone} is no tone; there are {', '.join(sorted(TONES))}")
    return format_html('<span class="state tone-{}" title="{}">{}</span>', tone, title, word)


@register.simple_tag
def ago(moment: datetime | None, never: str = "never") -> SafeString:
    """How long ago, with the exact time as its title; scripts keep it current."""
    if moment is None:
        return format_html('<span class="muted">{}</span>', never)
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        moment.isoformat(),
        words.exact(moment),
        words.ago(moment),
    )


@register.filter
def code(value: Any) -> SafeString | str:
    """A prefix, an address or a name in monospace; nothing for nothing."""
    return format_html("<code>{}</code>", value) if value not in (None, "") else ""


@register.filter
def who(label: str) -> SafeString | str:
    """A person by name, with the e-mail address as its title; other actors as they are."""
    name, sign, rest = label.partition(" <")
    if not sign or not name:
        return label
    return format_html('<span title="{}">{}</span>', rest.removesuffix(">"), name)


@register.filter
def who_exactly(label: str) -> SafeString | str:
    """A person by name with the e-mail address below; other actors as they are."""
    name, sign, rest = label.partition(" <")
    if not sign or not name:
        return label
    return format_html('{}<span class="sub">{}</span>', name, rest.removesuffix(">"))


@register.filter
def seconds(value: float | None) -> str:
    """A length of time: "0.3 s", "12 min"."""
    return "" if value is None else words.length(value)


@register.filter
def role_word(role: str) -> str:
    """A role as people read it."""
    return words.ROLES.get(role, role)


@register.filter
def message_tone(level: str) -> str:
    """The tone of a message's level."""
    return MESSAGE_TONES.get(level, "off")


@register.simple_tag
def meter(used: int, total: int, noun: str = "") -> SafeString:
    """How much of something is used: a bar and the numbers."""
    share = 0 if total <= 0 else min(100.0, 100 * used / total)
    # A used bit of a large whole stays visible.
    width = max(share, 4.0) if used else 0
    bar = format_html(
        '<svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="6" /><rect width="{}" height="6" /></svg>',
        f"{width:.1f}",
    )
    return format_html('<span class="meter">{}{} of {} {}</span>', bar, used, total, noun)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, kind: str = "", *, either: bool = False) -> dict[str, Any]:
    """A form field with label, hint and error, all tied together for screen readers.

    It is called optional where it is; not where this or another one is needed (`either`).
    """
    widget = bound.field.widget
    multiple = getattr(widget, "input_type", "") in ("radio", "checkbox")
    single = multiple and not hasattr(widget, "option_template_name")
    described = [f"{bound.auto_id}_error"]
    if bound.help_text:
        described.append(f"{bound.auto_id}_hint")
    attrs: dict[str, Any] = {"aria-describedby": " ".join(described)}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if not multiple:
        base = "form-select" if getattr(widget, "input_type", "") == "select" else "form-control"
        attrs["class"] = f"{base} {widget.attrs.get('class', '')} {kind}".strip()
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "optional": not bound.field.required and not either,
        "single": single,
        "group": multiple and not single,
    }


@register.simple_tag(takes_context=True)
def nav_item(
    context: RequestContext, name: str, label: str, view: str, image: str, key: str = ""
) -> SafeString:
    """An entry of the menu, which leads to the page `view`."""
    tenant = context.get("tenant")
    href = reverse(view, kwargs={"slug": tenant.slug} if tenant else {})
    current = SafeString(' aria-current="page"') if context.get("nav") == name else ""
    return format_html(
        '<li><a class="nav-item" href="{}" data-go="{}"{}>{}{}</a></li>',
        href,
        key,
        current,
        icon(image),
        label,
    )


@register.simple_tag(takes_context=True)
def live_region(context: RequestContext, kinds: str) -> SafeString:
    """Attributes of a fragment that fetches itself anew when something of `kinds` changed."""
    return format_html(
        'data-live="{}" hx-get="{}" hx-trigger="live" hx-swap="outerHTML"',
        kinds,
        context["request"].get_full_path(),
    )


@register.simple_tag(takes_context=True)
def live_stream(context: RequestContext) -> SafeString | str:
    """The body's attribute that names the event stream of these pages, if there is one."""
    actor, tenant, can = context.get("actor"), context.get("tenant"), context.get("can")
    if actor is None or can is None:
        return ""
    if tenant is not None and can["network_view"]:
        return format_html('data-events="{}"', reverse("portal:events", args=[tenant.slug]))
    if tenant is None and can["infra_view"]:
        return format_html('data-events="{}"', reverse("portal:staff_events"))
    return ""
