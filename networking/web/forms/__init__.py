"""Forms, one file a noun. They read what people wrote; services judge it."""
