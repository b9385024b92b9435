"""The service between citizens, the bot and the operators."""
