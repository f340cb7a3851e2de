"""Forms of the provider's pages. They read input; the services decide about it."""
