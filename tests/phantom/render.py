"""Draws a phantom with moderngl on EGL: the still room once as geometry, the runner skinned every instant."""

from dataclasses import dataclass
from typing import Any

import moderngl
import numpy as np
import numpy.typing as npt

from .actor import Actor, actors
from .body import BONES
from .camera import Camera, look_at, orthographic
from .mesh import Material, Mesh, joined
from .region import Region
from .scene import build_casters, build_room
from .shaders import SHADOW_FRAGMENT, SHADOW_VERTEX, SURFACE_FRAGMENT, SURFACE_VERTEX
from .skeleton import Posed, Skeleton
from .spec import FloatArray, PhantomSpec

Picture = npt.NDArray[np.uint8]
Light = npt.NDArray[np.float32]
SHADOW_SIZE = 2048
MARK_M = 1.1
"""About the distance between the belt's painted marks; adjusted so that the loop closes."""
GAMMA = 2.2
BELT_REGION_M = 0.25
"""Height up to which belt, shadows and feet change the picture."""
BELT_CORNERS_M = [[x, 0.1, z] for x in (-0.4, 0.4) for z in (-0.75, 1.0)]
MARGIN_PX = 8
"""Edge smoothing; what moves while the shutter is open is added."""
FASTEST_MPS = 12.0
"""A foot in swing, against the camera."""
BAND_PX = 40
"""Rows that a rolling shutter takes at one time."""
SOLE_POINTS = (("foot", np.array([0.0, -0.09, -0.03])), ("toe1-1", np.array([0.0, -0.05, 0.0])))


@dataclass(frozen=True, slots=True)
class _Drawable:
    moving: moderngl.Buffer
    colour_passes: list[moderngl.VertexArray]
    shadow_pass: moderngl.VertexArray


class Renderer:
    """One specification's pictures, RGB uint8, frame k at k / fps. Holds a graphics context."""

    def __init__(self, skeleton: Skeleton) -> None:
        self.spec: PhantomSpec = skeleton.spec
        self.skeleton = skeleton
        side = -1 if self.spec.facing == "right" else 1
        self.camera = Camera(self.spec.camera, side)
        self._gl = moderngl.create_context(standalone=True, backend="egl")
        self._surface = {
            kind: self._gl.program(
                vertex_shader=SURFACE_VERTEX,
                fragment_shader=SURFACE_FRAGMENT.replace("@KIND", str(int(kind))),
            )
            for kind in Material
        }
        self._shadow = self._gl.program(vertex_shader=SHADOW_VERTEX, fragment_shader=SHADOW_FRAGMENT)
        size = (self.spec.camera.width, self.spec.camera.height)
        self._target = self._gl.framebuffer(
            [self._gl.renderbuffer(size, 3)], self._gl.depth_renderbuffer(size)
        )
        self._sun_map = self._gl.depth_texture((SHADOW_SIZE, SHADOW_SIZE))
        self._sun_map.compare_func = "<="
        self._sun_target = self._gl.framebuffer(depth_attachment=self._sun_map)
        self._light(side)
        self._actors = actors(skeleton, side)
        self._room = self._upload_still(build_room(self.spec.scene), side)
        self._casters = self._upload_still(build_casters(self.spec.scene), side)
        self._people = [self._upload_person(actor) for actor in self._actors]
        self._still: Light | None = None
        loop_m = skeleton.belt_mps * skeleton.schedule.duration_s
        self._mark_m = loop_m / max(1, round(loop_m / MARK_M)) or MARK_M

    def frame(self, k: int) -> Picture:
        """Frame `k`, (height, width, 3) RGB: the mean light of the sub-frames while the shutter is open."""
        t = k / self.spec.fps
        if self._still is None:
            self._still = self._still_light()
        changing = self._changing(t)
        light = self._still.copy()
        light[changing.rows] = 0
        self._cast(t)
        for band, delay in self._bands():
            region = band.within(changing)
            if region is not None:
                self._expose(light, region, t + delay)
        picture = 255 * (light * self.spec.scene.brightness) ** (1 / GAMMA)
        if self.spec.noise_levels > 0:
            rng = np.random.default_rng((self.spec.seed, k))
            picture += rng.normal(0, self.spec.noise_levels, picture.shape)
        whole: Picture = np.clip(np.round(picture), 0, 255).astype(np.uint8)
        return whole

    def _expose(self, light: Light, region: Region, t: float) -> None:
        n = self.spec.sub_frames
        for j in range(n):
            self._pose(t + ((j + 0.5) / n - 0.5) * self.spec.shutter_s, _jitter(j, n))
            light[region.rows, region.columns] += self._draw(region, with_people=True) / n

    def _bands(self) -> list[tuple[Region, float]]:
        """Rows read out together, and how much later than the frame's time."""
        height, width = self.spec.camera.height, self.spec.camera.width
        if self.spec.readout_s == 0:
            return [(Region(0, height, 0, width), 0.0)]
        tops = range(0, height, BAND_PX)
        bands = [Region(top, min(height, top + BAND_PX), 0, width) for top in tops]
        return [(b, ((b.top + b.bottom) / 2 / height - 0.5) * self.spec.readout_s) for b in bands]

    def _changing(self, t: float) -> Region:
        """The rows that differ from the still room: the belt's, and those of everybody above it.

        One wide region: to send a person's vertices twice would cost more than the wall beside him.
        """
        height, width = self.spec.camera.height, self.spec.camera.width
        marks = self.camera.project(np.array([[0.0, BELT_REGION_M, 0.0], *BELT_CORNERS_M]))
        points = np.concatenate([actor.surface(t)[:, :3] for actor in self._actors])
        at = self.camera.project(points[self.camera.in_front(points)])
        open_s = self.spec.shutter_s + self.spec.readout_s
        margin = MARGIN_PX + FASTEST_MPS * 100 * self.camera.px_per_cm * open_s / 2
        top = min(float(marks[:, 1].min()), float(at[:, 1].min()) - margin)
        return Region(int(np.clip(top, 0, height)), height, 0, width)

    def _still_light(self) -> Light:
        n = self.spec.sub_frames
        whole = Region(0, self.spec.camera.height, 0, self.spec.camera.width)
        light = np.zeros((self.spec.camera.height, self.spec.camera.width, 3), dtype=np.float32)
        self._cast(0.0)
        for j in range(n):
            self._pose(0.0, _jitter(j, n))
            light += self._draw(whole, with_people=False) / n
        return light

    def _light(self, side: int) -> None:
        direction = np.array([side * 1.3, 2.6, -0.5])
        direction /= np.linalg.norm(direction)
        focus = np.array([0, 0.8, 0])
        sun = orthographic(2.0, 0.5, 9.0) @ look_at(focus + direction * 4.5, focus, (0, 0, 1))
        self._shadow["sun"].write(sun.T.astype("f4").tobytes())
        self._set("sun", sun.T)
        self._set("light", direction)
        self._set("eye", self.camera.eye)
        self._set("side", np.array(side))
        self._to_light = (np.arange(256) / 255.0).astype(np.float32) ** np.float32(GAMMA)

    def _upload(
        self, still: FloatArray, moving: FloatArray, triangles: dict[Material, npt.NDArray[np.int64]]
    ) -> _Drawable:
        """`moving` is position and normal, `still` colour, shine and rest position."""
        first = self._gl.buffer(moving.astype("f4").tobytes())
        second = self._gl.buffer(still.astype("f4").tobytes())
        both = [(first, "3f 3f", "p", "n"), (second, "4f 3f", "c", "r")]
        passes = []
        for kind, part in triangles.items():
            index = self._gl.buffer(part.astype("i4").tobytes())
            # A material may leave an attribute unused: only those that its program kept can be bound.
            bound = [_kept(layout, self._surface[kind]) for layout in both]
            passes.append(self._gl.vertex_array(self._surface[kind], [b for b in bound if b], index))
        everything = self._gl.buffer(np.concatenate(list(triangles.values())).astype("i4").tobytes())
        shadow = self._gl.vertex_array(self._shadow, [(first, "3f 12x", "p")], everything)
        return _Drawable(first, passes, shadow)

    def _upload_still(self, meshes: list[Mesh], side: int) -> _Drawable:
        """The room, mirrored so that its far wall is always opposite the camera."""
        mirror = np.array([-side, 1, 1])
        points = np.concatenate([mesh.vertices for mesh in meshes]) * mirror
        normals = np.concatenate([mesh.normals for mesh in meshes if mesh.normals is not None]) * mirror
        surfaces = np.concatenate([mesh.surface() for mesh in meshes])
        return self._upload(np.c_[surfaces, points], np.c_[points, normals], joined(meshes))

    def _upload_person(self, actor: Actor) -> _Drawable:
        skin = actor.skin
        still = np.concatenate([skin.surfaces, skin.rest], axis=1)
        return self._upload(still, np.zeros((len(skin.rest), 6)), skin.by_material)

    def _move_people(self, t: float) -> None:
        for actor, drawable in zip(self._actors, self._people, strict=True):
            drawable.moving.write(actor.surface(t).astype("f4").tobytes())

    def _cast(self, t: float) -> None:
        """Draws the shadow map for `t`; one serves all sub-frames, the shutter being short."""
        self._move_people(t)
        self._gl.enable(moderngl.DEPTH_TEST)
        self._sun_target.use()
        self._sun_target.clear(depth=1.0)
        for drawable in (*self._people, self._casters):
            drawable.shadow_pass.render()

    def _pose(self, t: float, jitter_px: tuple[float, float]) -> None:
        """Puts everybody and the belt where they are at `t`."""
        self._move_people(t)
        posed = self.skeleton.pose(t)
        camera = self.spec.camera
        shift = np.eye(4)
        shift[:2, 3] = 2 * jitter_px[0] / camera.width, 2 * jitter_px[1] / camera.height
        self._set("view", (shift @ self.camera.matrix).T)
        self._set("belt", np.array((self.skeleton.belt_mps * t) % self._mark_m))
        self._set("mark", np.array(self._mark_m))
        self._set("feet", _sole_points(posed))

    def _set(self, name: str, value: FloatArray) -> None:
        """Writes a uniform of every material that uses it."""
        for program in self._surface.values():
            if name in program:
                program[name].write(value.astype("f4").tobytes())

    def _draw(self, region: Region, with_people: bool) -> Light:
        """The light in one region, (rows, columns, 3)."""
        height, width = region.bottom - region.top, region.right - region.left
        corner = (region.left, self.spec.camera.height - region.bottom, width, height)
        self._target.use()
        self._target.scissor = corner
        self._target.clear(0.7, 0.7, 0.7, 1.0)
        self._sun_map.use(0)
        still = (self._casters, self._room)
        for drawable in (*self._people, *still) if with_people else still:
            for colour_pass in drawable.colour_passes:
                colour_pass.render()
        data = np.frombuffer(self._target.read(viewport=corner, components=3, alignment=1), np.uint8)
        light: Light = self._to_light[data.reshape(height, width, 3)[::-1]]
        return light


def _kept(layout: tuple[Any, ...], program: moderngl.Program) -> tuple[Any, ...] | None:
    """A buffer layout with the attributes `program` does not use turned into padding."""
    buffer, formats, *names = layout
    words = [f if n in program else f"{4 * int(f[0])}x" for f, n in zip(formats.split(), names, strict=True)]
    kept = [n for n in names if n in program]
    return (buffer, " ".join(words), *kept) if kept else None


def _sole_points(posed: Posed) -> FloatArray:
    points = []
    for tag in "LR":
        for bone, offset in SOLE_POINTS:
            name = f"{bone}.{tag}"
            points.append(posed.carry(name, posed.rest[BONES[name]] + offset))
    return np.array(points)


def _jitter(j: int, n: int) -> tuple[float, float]:
    """Sub-pixel offset of sub-frame `j`: a rotated grid, so that sub-frames also smooth edges."""
    if n == 1:
        return 0.0, 0.0
    return (j + 0.5) / n - 0.5, ((2 * j + 1) % (n + 1) + 0.5) / n - 0.5
