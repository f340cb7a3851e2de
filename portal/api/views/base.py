"""What the views of the provider's API share."""

from tenants import selectors
from tenants.access import Capability
from tenants.api.base import StaffApi
from tenants.selectors import CustomerRow


class CustomersApi(StaffApi):
    """A view about customers."""

    capability = Capability.CUSTOMERS_VIEW
    write_capability = Capability.CUSTOMERS_WRITE


class CustomerApi(CustomersApi):
    """A view about the customer whose slug stands in the address."""

    @property
    def customer(self) -> CustomerRow:
        """The customer; 404 when there is none. A query each time: take it once."""
        return selectors.customer(self.actor, self.kwargs["slug"])
