"""Opens the mirrors that settings name. Apart from the devices' registry, so that processes without
a mirror are spared its client."""

from networking.backends.netbox.mirror import NetBox, prefix, tenant, vrf

__all__ = ["NetBox", "prefix", "tenant", "vrf"]
