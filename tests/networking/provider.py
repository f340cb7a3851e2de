"""A small simulated provider, and customers on it."""

from dataclasses import dataclass, field
from pathlib import Path

from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.faults import Faults
from networking.models import Attachment, Fabric, Region, Router, Site
from tenants.models import Tenant
from tests.factories import networking as make


@dataclass(frozen=True)
class Provider:
    """One region with a fabric of the hosts h1 and h2 and the router pe1, in a SQLite file."""

    path: Path
    region: Region
    fabric: Fabric
    router: Router
    attachments: dict[str, Attachment] = field(default_factory=dict)

    def serve(self, tenant: Tenant, *sites: str) -> Attachment:
        """Claim a spare attachment for the tenant, let it use 10.0.0.0/8, and make its sites."""
        number = len(self.attachments) + 1
        attachment = make.make_attachment(self.router, self.fabric, number, tenant)
        self.attachments[tenant.slug] = attachment
        make.allow_prefix(tenant)
        for place, name in enumerate(sites, start=1):
            make.make_site(attachment, name, place)
        return attachment

    def faults(self, device: str) -> Faults:
        """Breaks the `fabric` or the `router`."""
        return Faults(SimulatorConfig(str(self.path)), device)

    def neighbour(self, site: Site) -> str:
        """The address that the router speaks BGP with."""
        return str(site.neighbour_ipv4)


def make_provider(path: Path) -> Provider:
    """The rows of the provider; its file is made by the first who asks it something."""
    region = make.make_region()
    return Provider(path, region, make.make_fabric(region, path), make.make_router(region, path))
