"""The computer underneath: how it is doing, how it is found, and its secrets and certificate."""
