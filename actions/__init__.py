"""What the bot looks up and checks for a citizen; nothing here writes."""
