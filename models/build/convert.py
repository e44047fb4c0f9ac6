"""Conversion to TFLite: float32, plain int8, and the int8 with some layers kept float that is shipped.

Quantization swaps the runner's legs and coarsens the joints through a few layers only: the first
convolutions, the last levels of the feature pyramid, and the decoder behind the heat maps. Those stay
float; the rest, nearly all of the time and size, becomes int8.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

from models.build.graph import GraphModel


def to_float32(graph: GraphModel) -> bytes:
    """Convert without quantization: the reference that the int8 files are compared with."""
    return bytes(graph.converter().convert())


def to_int8(graph: GraphModel, crops: NDArray[np.uint8], float_layers: Sequence[str]) -> bytes:
    """Convert to int8 except the layers named by their output tensors in the float32 file.

    crops: N x n x n x 3 RGB pictures of people that set the ranges of the activations.
    """

    def samples() -> Iterator[list[NDArray[np.uint8]]]:
        for crop in crops:
            yield [crop[None]]

    converter = graph.converter()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = samples
    debugger = tf.lite.experimental.QuantizationDebugger(
        converter=converter,
        debug_dataset=samples,
        debug_options=tf.lite.experimental.QuantizationDebugOptions(denylisted_nodes=list(float_layers)),
    )
    return bytes(debugger.get_nondebug_quantized_model())


class Layers:
    """The layers of a float32 file by their place in the network, as names of output tensors."""

    def __init__(self, float32: bytes) -> None:
        interpreter = Interpreter(
            model_content=float32,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        self._names = {t["index"]: t["name"] for t in interpreter.get_tensor_details()}
        self._ops: list[dict[str, Any]] = interpreter._get_ops_details()
        self._resizes = [i for i, op in enumerate(self._ops) if op["op_name"] == "RESIZE_BILINEAR"]

    def first(self, count: int) -> list[str]:
        """Name the first convolutions and what comes before them."""
        convolutions = [i for i, op in enumerate(self._ops) if op["op_name"].endswith("CONV_2D")]
        return self._outputs(range(convolutions[count]))

    def pyramid(self, levels: int) -> list[str]:
        """Name the last levels (1 to 3) of the feature pyramid: upsampling, sum and convolutions."""
        return self._outputs(range(self._resizes[-levels] - 2, self._resizes[-1] + 4))

    def heads(self) -> list[str]:
        """Name the convolutions of the four heads and everything behind them."""
        return self._outputs(range(self._resizes[-1] + 4, len(self._ops)))

    def decoder(self) -> list[str]:
        """Name everything behind the heat maps: the sigmoids and all that depends on them."""
        behind: set[int] = set()
        names: list[str] = []
        for op in self._ops:
            if op["op_name"] == "LOGISTIC" or behind & set(op["inputs"]):
                behind |= set(op["outputs"])
                names += [self._names[i] for i in op["outputs"]]
        return names

    def _outputs(self, indices: range) -> list[str]:
        return [self._names[i] for index in indices for i in self._ops[index]["outputs"]]
