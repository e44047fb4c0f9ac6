"""What has been found and measured but may not be told yet, while it is not known whether to believe it."""

from device.gait.types import FormMetrics, GaitEvent, Stride

Told = tuple[tuple[GaitEvent, ...], tuple[Stride, ...], tuple[FormMetrics, ...]]


class Untold:
    """Events, strides and form in order of time, waiting."""

    def __init__(self) -> None:
        self.events: list[GaitEvent] = []
        self.strides: list[Stride] = []
        self.form: list[FormMetrics] = []

    def clear(self) -> None:
        """Leave out what has not been told."""
        self.events, self.strides, self.form = [], [], []

    def tell(self) -> Told:
        """Give all that waits; it waits no longer."""
        told = tuple(self.events), tuple(self.strides), tuple(self.form)
        self.clear()
        return told
