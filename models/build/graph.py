"""Reads a TensorFlow.js graph model and replays it with TensorFlow, so that TensorFlow Lite can convert it.

MoveNet's graph has only two dozen kinds of operation, so no converter package is needed.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

Tensor = Any
Node = dict[str, Any]

# Where colours from 0 to 255 have become -1 to 1; done here as well, exactly.
_NORMALIZED = "StatefulPartitionedCall/sub_1"
_DTYPES = {"DT_FLOAT": tf.float32, "DT_INT32": tf.int32}
_VALID = {"s": base64.b64encode(b"VALID").decode()}
_ACTIVATIONS = {"Relu": tf.nn.relu, "Relu6": tf.nn.relu6}


@dataclass(frozen=True, slots=True, eq=False)
class GraphModel:
    """Nodes and weights of one TensorFlow.js graph model, and the width of its square input in pixels.

    gather_heads: compute the heads of which a few points are read at those points only; False follows the
    published graph to the letter. The results are the same to the bit.
    """

    nodes: list[Node]
    weights: dict[str, NDArray[Any]]
    input_size: int
    gather_heads: bool = False

    @classmethod
    def read(cls, path: Path) -> "GraphModel":
        """Read `path` (.json) and the weight files it names; float weights are stored in half precision."""
        content = json.loads(path.read_text(encoding="utf-8"))
        weights: dict[str, NDArray[Any]] = {}
        for group in content["weightsManifest"]:
            blob = b"".join((path.parent / part).read_bytes() for part in group["paths"])
            offset = 0
            for entry in group["weights"]:
                stored = np.dtype(entry.get("quantization", entry)["dtype"]).newbyteorder("<")
                count = int(np.prod(entry["shape"], dtype=np.int64))
                values = np.frombuffer(blob, stored, count, offset).reshape(entry["shape"])
                weights[entry["name"]] = values.astype(entry["dtype"])
                offset += count * stored.itemsize
            if offset != len(blob):
                raise ValueError(
                    f"{path.name} describes {offset} bytes of weights, its files hold {len(blob)}"
                )
        dims = content["signature"]["inputs"]["input:0"]["tensorShape"]["dim"]
        return cls(content["modelTopology"]["node"], weights, int(dims[1]["size"]))

    def converter(self) -> Any:
        """Give a TFLite converter of the graph; its input is 1 x n x n x 3 uint8, RGB."""
        n = self.input_size
        module = tf.Module()
        signature = [tf.TensorSpec([1, n, n, 3], tf.uint8, name="input")]
        module.serve = tf.function(self._replay, input_signature=signature, autograph=False)
        return tf.lite.TFLiteConverter.from_concrete_functions([module.serve.get_concrete_function()], module)

    def _replay(self, image: Tensor) -> Tensor:
        values: dict[str, Tensor] = {}

        def value(reference: str) -> Tensor:
            name, _, index = reference.partition(":")
            found = values[name]
            return found[int(index or 0)] if isinstance(found, list) else found

        heads = self._gathered_heads() if self.gather_heads else {}
        skipped = {node["name"] for head in heads.values() for node in head}
        for node in _in_order(self.nodes):
            name = node["name"]
            if name in skipped:
                continue
            if node["op"] == "Placeholder":
                values[name] = image
            elif name == _NORMALIZED:
                values[name] = tf.cast(image, tf.float32) * np.float32(1 / 127.5) - np.float32(1)
            elif name in heads:
                points = value(_inputs(node)[1])
                values[name] = _head_at(value(_inputs(heads[name][0])[0]), points, heads[name], value)
            elif node["op"] == "Const":
                weight = self.weights[name]
                values[name] = weight if weight.dtype.kind == "i" else tf.constant(weight)
            else:
                values[name] = _OPS[node["op"]](node, [value(reference) for reference in _inputs(node)])
        return values["Identity"]

    def _gathered_heads(self) -> dict[str, list[Node]]:
        """Find the heads of which a few points are read: the gathering node -> its three convolutions."""
        by_name = {node["name"]: node for node in self.nodes}
        heads = {}
        for node in self.nodes:
            source = by_name[_inputs(node)[0]] if node["op"] == "GatherNd" else node
            if node["op"] == "GatherNd" and "Conv2D" in source["op"]:
                middle = by_name[_inputs(source)[0]]
                heads[node["name"]] = [by_name[_inputs(middle)[0]], middle, source]
        return heads


def _in_order(nodes: list[Node]) -> list[Node]:
    """Sort the nodes so that each comes after its inputs; the file does not."""
    by_name = {node["name"]: node for node in nodes}
    before = {name: [i.partition(":")[0] for i in _inputs(node)] for name, node in by_name.items()}
    return [by_name[name] for name in TopologicalSorter(before).static_order()]


def _inputs(node: Node) -> list[str]:
    # A caret marks an order of execution, not a value.
    return [name for name in node.get("input", []) if not name.startswith("^")]


def _head_at(
    features: Tensor, points: Tensor, convolutions: list[Node], value: Callable[[str], Tensor]
) -> Tensor:
    """Compute a head (3 x 3 depthwise, then two 1 x 1 convolutions) at a few points only.

    The network reads the offsets of one joint each at 17 points, and the centre's regression at one, out of
    2304: computing the rest would take a fifth of the whole time. The values are the same.
    points: P x 3 int32: batch, row, column. Gives P x channels.
    """
    around = np.array([[0, row, column] for row in range(3) for column in range(3)], np.int32)
    padded = tf.pad(features, [[0, 0], [1, 1], [1, 1], [0, 0]])
    patches = tf.gather_nd(padded, points[:, None] + around)
    y = tf.reshape(patches, [points.shape[0], 3, 3, features.shape[3]])
    for node in convolutions:
        inputs = [y, *(value(reference) for reference in _inputs(node)[1:])]
        y = _OPS[node["op"]]({**node, "attr": {**node["attr"], "padding": _VALID}}, inputs)
    return y[:, 0, 0]


def _attr(node: Node, key: str, default: Any = None) -> Any:
    """Give a node's attribute as a plain value."""
    attr = node.get("attr", {}).get(key)
    if attr is None:
        return default
    if "list" in attr:
        items = attr["list"]
        return (
            [base64.b64decode(s).decode() for s in items["s"]]
            if "s" in items
            else [int(i) for i in items["i"]]
        )
    if "s" in attr:
        return base64.b64decode(attr["s"]).decode()
    if "i" in attr:
        return int(attr["i"])
    return _DTYPES[attr["type"]] if "type" in attr else attr["b"]


def _conv(node: Node, x: list[Tensor]) -> Tensor:
    y = tf.nn.conv2d(x[0], x[1], _attr(node, "strides"), _attr(node, "padding"))
    return _fused(node, y, x[2:])


def _depthwise(node: Node, x: list[Tensor]) -> Tensor:
    y = tf.nn.depthwise_conv2d(x[0], x[1], _attr(node, "strides"), _attr(node, "padding"))
    return _fused(node, y, x[2:])


def _fused(node: Node, y: Tensor, extra: list[Tensor]) -> Tensor:
    for op in _attr(node, "fused_ops", []):
        y = tf.nn.bias_add(y, extra.pop(0)) if op == "BiasAdd" else _ACTIVATIONS[op](y)
    return y


def _resize(node: Node, x: list[Tensor]) -> Tensor:
    return tf.raw_ops.ResizeBilinear(
        images=x[0],
        size=x[1],
        align_corners=_attr(node, "align_corners", False),
        half_pixel_centers=_attr(node, "half_pixel_centers", False),
    )


def _unpack(node: Node, x: list[Tensor]) -> list[Tensor]:
    # As slices: TFLite's Unpack cannot be kept in float and would put the joints on a coarse grid.
    before = (slice(None),) * (_attr(node, "axis", 0) % len(x[0].shape))
    return [x[0][(*before, i)] for i in range(_attr(node, "num"))]


_OPS: dict[str, Callable[[Node, list[Tensor]], Tensor]] = {
    "_FusedConv2D": _conv,
    "FusedDepthwiseConv2dNative": _depthwise,
    "DepthwiseConv2dNative": _depthwise,
    "ResizeBilinear": _resize,
    "Unpack": _unpack,
    "AddV2": lambda _, x: x[0] + x[1],
    "Sub": lambda _, x: x[0] - x[1],
    "Mul": lambda _, x: x[0] * x[1],
    "RealDiv": lambda _, x: x[0] / x[1],
    "FloorDiv": lambda _, x: x[0] // x[1],
    "SquaredDifference": lambda _, x: tf.math.squared_difference(x[0], x[1]),
    "Sqrt": lambda _, x: tf.sqrt(x[0]),
    "Sigmoid": lambda _, x: tf.sigmoid(x[0]),
    "Cast": lambda node, x: tf.cast(x[0], _attr(node, "DstT")),
    "Reshape": lambda _, x: tf.reshape(x[0], x[1]),
    "ExpandDims": lambda _, x: tf.expand_dims(x[0], int(x[1])),
    "Squeeze": lambda node, x: tf.squeeze(x[0], _attr(node, "squeeze_dims")),
    "Pack": lambda node, x: tf.stack(x, _attr(node, "axis", 0)),
    "ConcatV2": lambda _, x: tf.concat(x[:-1], int(x[-1])),
    "ArgMax": lambda node, x: tf.argmax(x[0], int(x[1]), output_type=_attr(node, "output_type", tf.int64)),
    "GatherNd": lambda _, x: tf.gather_nd(x[0], x[1]),
    "Identity": lambda _, x: x[0],
}
