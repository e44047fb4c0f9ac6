"""The pose models: the two files the device loads, their manifest, and the recipe that builds them."""
