"""How the device itself is doing: figures over time, what to fix, and telling the clinic's own tools."""
