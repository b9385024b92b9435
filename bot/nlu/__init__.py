"""Graph components and decisions: what the bot understood and how sure it is."""
