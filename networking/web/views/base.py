"""What the pages of networks, ports, sites and changes share."""

from portal.lib.htmx import FragmentMixin
from tenants.access import Capability
from tenants.web.base import TenantPage


class NounPage(FragmentMixin, TenantPage):
    """A page about a tenant's networking."""

    capability = Capability.NETWORK_VIEW
