"""JSON faces: web chat, the internal API for the actions, health."""
