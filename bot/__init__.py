"""The Rasa server: understands a message and decides what to say."""
