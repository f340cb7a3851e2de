"""What the provider's pages share."""

from portal.lib.htmx import FragmentMixin
from tenants import selectors
from tenants.access import Capability
from tenants.selectors import CustomerRow
from tenants.web.base import StaffPage


class ProviderPage(FragmentMixin, StaffPage):
    """A page of the provider."""

    capability = Capability.CUSTOMERS_VIEW
    write_capability = Capability.CUSTOMERS_WRITE


class DevicePage(ProviderPage):
    """A page about what runs in the provider's regions."""

    capability = Capability.INFRA_VIEW
    nav = "regions"


class CustomerPage(ProviderPage):
    """A page about the customer whose slug stands in the address."""

    nav = "customers"

    @property
    def customer(self) -> CustomerRow:
        """The customer; 404 when there is none. A query each time: take it once."""
        return selectors.customer(self.actor, self.kwargs["slug"])
