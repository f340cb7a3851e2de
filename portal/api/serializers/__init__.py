"""What the provider's nouns look like to a program, one file a noun."""
