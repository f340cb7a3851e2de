"""Views, one file a noun. They read through selectors and write through services."""
