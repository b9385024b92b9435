"""The service between citizens, the bot and the operators."""

PRODUCT = "0.1.0"  # as pyproject.toml has it, which images do not carry
