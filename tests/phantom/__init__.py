"""The phantom: a rendered runner on a treadmill whose every joint, event and metric is known exactly.

A phantom proves geometry, timing and arithmetic, not accuracy on people: real clothing, light and
bodies are harder. `python -m tests.phantom --help` lists what can be built.
"""
