"""Networks, ports, sites, and the engine that carries them to the devices."""
