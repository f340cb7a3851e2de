"""The provider's first page: are the customers well, what needs a hand, what changed?"""

from django.http import HttpRequest, HttpResponse

from networking import selectors as networking
from networking.selectors import Everybody
from networking.selectors.attention import attention
from networking.selectors.devices import provider_regions
from networking.selectors.provider import recent_changes
from networking.web.states import Status
from networking.web.topology import SHOWN, draw
from portal.lib.words import count
from portal.web import lines
from portal.web.picture import region_items
from portal.web.views.base import ProviderPage
from tenants.access import Capability


class Overview(ProviderPage):
    """All customers and devices at a glance."""

    nav = "overview"
    template_name = "portal/overview.html"
    fragment_name = "portal/overview_live.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page; whoever may not see devices gets the customers alone."""
        everybody = networking.everybody(self.actor)
        watched = self.actor.can(Capability.INFRA_VIEW)
        items = region_items(provider_regions(self.actor, SHOWN)) if watched else []
        changes = lines.change_lines(recent_changes(self.actor))
        troubles = attention(self.actor)
        return self.render_to_response(
            self.get_context_data(
                customers=everybody.customers,
                counts=everybody.counts,
                health=_sentence(everybody, len(troubles)),
                attention=troubles,
                change_lines=changes,
                items=items,
                drawing=draw(items),
                unfinished=any(line.change.unfinished for line in changes),
            )
        )


def _sentence(all_of_them: Everybody, troubles: int) -> Status:
    """The health of all customers in a sentence, or that so many things need a hand."""
    total, bad, busy = all_of_them.customers, all_of_them.attention, all_of_them.busy
    if not total:
        return Status("off", "There is no customer yet", "")
    changing = f"{count(busy, 'customer')} changing" if busy else ""
    if bad:
        well, verb = total - bad, "needs" if bad == 1 else "need"
        be = "is" if well == 1 else "are"
        word = f"{well} of {count(total, 'customer')} {be} well, {bad} {verb} attention"
        return Status("warn", word, changing)
    if troubles:
        verb = "needs" if troubles == 1 else "need"
        return Status("warn", f"{count(troubles, 'thing')} {verb} a hand", changing)
    word = "The customer is well" if total == 1 else f"All {total} customers are well"
    return Status("ok", word, changing)
