"""The provider's first page: are the customers well, what needs a hand, what changed?"""

from django.http import HttpRequest, HttpResponse

from networking import selectors as networking
from networking.selectors import CustomerHealth
from networking.selectors.attention import attention
from networking.selectors.dashboard import Health
from networking.selectors.provider import provider_regions, recent_changes
from networking.web.states import Status
from networking.web.topology import draw
from portal.lib.words import count
from portal.web import lines
from portal.web.picture import region_items
from portal.web.views.base import ProviderPage
from tenants import selectors
from tenants.access import Capability


class Overview(ProviderPage):
    """All customers and devices at a glance."""

    nav = "overview"
    template_name = "portal/overview.html"
    fragment_name = "portal/overview_live.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page; whoever may not see devices gets the customers alone."""
        customers = list(selectors.customers(self.actor).values_list("id", flat=True))
        healths = networking.customer_health(self.actor, customers)
        watched = self.actor.can(Capability.INFRA_VIEW)
        items = region_items(provider_regions(self.actor)) if watched else []
        changes = lines.change_lines(recent_changes(self.actor))
        return self.render_to_response(
            self.get_context_data(
                customers=len(customers),
                counts=_total(list(healths.values())),
                health=_sentence(list(healths.values())),
                attention=attention(self.actor),
                change_lines=changes,
                items=items,
                drawing=draw(items),
                unfinished=any(line.change.unfinished for line in changes),
            )
        )


def _sentence(healths: list[CustomerHealth]) -> Status:
    """The health of all customers in a sentence."""
    total = len(healths)
    if not total:
        return Status("off", "There is no customer yet", "")
    bad = sum(one.health == Health.ATTENTION for one in healths)
    busy = sum(one.health == Health.BUSY for one in healths)
    changing = f"{count(busy, 'customer')} changing" if busy else ""
    if bad:
        verb = "needs" if bad == 1 else "need"
        word = f"{total - bad} of {count(total, 'customer')} are well, {bad} {verb} attention"
        return Status("warn", word, changing)
    word = "The customer is well" if total == 1 else f"All {total} customers are well"
    return Status("ok", word, changing)


def _total(healths: list[CustomerHealth]) -> CustomerHealth:
    return CustomerHealth(
        networks=sum(one.networks for one in healths),
        ports=sum(one.ports for one in healths),
        sites=sum(one.sites for one in healths),
        sites_down=sum(one.sites_down for one in healths),
        under_way=sum(one.under_way for one in healths),
        held_up=sum(one.held_up for one in healths),
        behind=sum(one.behind for one in healths),
    )
