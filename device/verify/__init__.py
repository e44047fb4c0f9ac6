"""The self-test: the device measures a rendered runner whose every number is known."""
