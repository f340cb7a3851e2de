"""OVN fabrics: a tenant's networks as rows of the northbound database (man 5 ovn-nb)."""
