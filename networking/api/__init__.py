"""The API of networks, ports, sites and changes."""
