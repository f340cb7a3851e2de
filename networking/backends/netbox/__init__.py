"""NetBox, the provider's inventory: a mirror of whose address space is whose."""
