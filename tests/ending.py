"""How soon servers of the tests end; for both Pythons."""

NOTICED = 0.005  # seconds until a server on loopback notices that it is to end
