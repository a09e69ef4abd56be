"""One file a command; each gives its click command as `command`."""
