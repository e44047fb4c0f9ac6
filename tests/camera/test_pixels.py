"""Camera buffers, padded rows included, become RGB pictures."""

import cv2
import numpy as np
import pytest
from clip_files import UPRIGHT, corners, picture

from device.camera.pixels import Layout, to_rgb
from device.errors import CameraError

ORDERS = {"BGR888": (0, 1, 2), "RGB888": (2, 1, 0), "XBGR8888": (0, 1, 2, 0), "XRGB8888": (2, 1, 0, 0)}


def padded(rows: np.ndarray, stride: int) -> np.ndarray:
    """Lay bytes out as a camera does: each row padded with noise to `stride` bytes, then a noisy tail."""
    noise = np.random.default_rng(0).integers(0, 256, (rows.shape[0], stride), np.uint8)
    noise[:, : rows.shape[1]] = rows
    return np.concatenate([noise.ravel(), np.full(4096, 77, np.uint8)])


def yuv_buffer(image: np.ndarray, name: str, stride: int) -> np.ndarray:
    h, w = image.shape[:2]
    i420 = cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420).ravel()
    y, u, v = np.split(i420, [h * w, h * w * 5 // 4])
    y, u, v = y.reshape(h, w), u.reshape(h // 2, w // 2), v.reshape(h // 2, w // 2)
    if name.startswith("NV"):
        first, second = (u, v) if name == "NV12" else (v, u)
        chroma = np.stack([first, second], -1).reshape(h // 2, w)
        planes = [padded(y, stride)[: h * stride], padded(chroma, stride)]
    else:
        first, second = (u, v) if name == "YUV420" else (v, u)
        half = stride // 2
        planes = [
            padded(y, stride)[: h * stride],
            padded(first, half)[: h // 2 * half],
            padded(second, half),
        ]
    return np.concatenate(planes)


@pytest.mark.parametrize("size", [(64, 48), (62, 50), (640, 360)])
@pytest.mark.parametrize("padding", [0, 2, 64])
@pytest.mark.parametrize("name", ["YUV420", "YVU420", "NV12", "NV21"])
def test_planar_pictures(name: str, padding: int, size: tuple[int, int]) -> None:
    truth = picture(7, size)
    stride = size[0] + padding
    rgb = to_rgb(yuv_buffer(truth, name, stride), Layout(name, size, stride))
    assert rgb.shape == truth.shape
    assert corners(rgb) == UPRIGHT
    assert np.median(abs(rgb.astype(int) - truth)) <= 3
    assert rgb.flags.c_contiguous


@pytest.mark.parametrize("padding", [0, 10])
@pytest.mark.parametrize("name", list(ORDERS))
def test_packed_pictures(name: str, padding: int) -> None:
    truth = picture(7, (30, 20))
    order = ORDERS[name]
    stride = 30 * len(order) + padding
    buffer = padded(truth[:, :, order].reshape(20, -1), stride)
    rgb = to_rgb(buffer, Layout(name, (30, 20), stride))
    np.testing.assert_array_equal(rgb, truth)
    assert rgb.flags.c_contiguous


@pytest.mark.parametrize("name", ["BGR888", "RGB888", "YUV420", "NV12"])
def test_a_picture_does_not_change_when_its_buffer_is_used_again(name: str) -> None:
    truth = picture(3, (64, 48))
    if name in ORDERS:
        buffer, stride = truth[:, :, ORDERS[name]].ravel().copy(), 192
    else:
        buffer, stride = yuv_buffer(truth, name, 64), 64
    rgb = to_rgb(buffer, Layout(name, (64, 48), stride))
    before = rgb.copy()
    buffer[:] = 0
    np.testing.assert_array_equal(rgb, before)


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(CameraError, match="MJPEG"):
        Layout("MJPEG", (64, 48), 64)
