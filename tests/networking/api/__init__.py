"""The API of networking."""
