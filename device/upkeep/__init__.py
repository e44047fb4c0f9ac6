"""Surviving damage and loss: last good settings, damaged files set aside, encrypted backup and restore."""
