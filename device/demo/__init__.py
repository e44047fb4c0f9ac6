"""The rendered runner and its truth."""
