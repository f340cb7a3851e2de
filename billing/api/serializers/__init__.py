"""What this app's nouns look like to a program, one file a noun."""
