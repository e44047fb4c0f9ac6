"""The formulas of running form, one family to a module; `gait.metrics` is the door."""
