"""Programs that write text with an exported model; each is copied beside its own."""
