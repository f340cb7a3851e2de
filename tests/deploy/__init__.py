"""What is shipped for servers."""
