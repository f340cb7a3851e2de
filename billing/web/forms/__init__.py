"""Forms of finance's pages. They read input; the services decide about it."""
