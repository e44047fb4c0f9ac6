// One canvas with the newest frame on it: newest only, as large as it fits; what is drawn over it comes from a subclass.
const BACK = "#05080B";

export class FrameView {
  constructor(canvas) {
    Object.assign(this, { canvas, shown: null, next: null, busy: false });
    this.pen = canvas.getContext("2d", { alpha: false });
    new ResizeObserver(() => this.fit()).observe(canvas);
  }

  /** Draw over the picture; frame pixels are the pen's units, `unit` is the picture's height / 720. */
  over() {}

  /** How much the picture is darkened, 0 to 1. */
  shade() {
    return 0;
  }

  fit() {
    const scale = Math.min(2, devicePixelRatio || 1);
    const { clientWidth, clientHeight } = this.canvas;
    this.canvas.width = Math.max(1, Math.round(clientWidth * scale));
    this.canvas.height = Math.max(1, Math.round(clientHeight * scale));
    this.draw();
  }

  /** Take a frame; when drawing is behind, older frames are dropped. */
  async put(state, jpeg) {
    this.next = { state, jpeg };
    if (this.busy) return;
    this.busy = true;
    while (this.next) {
      const { state: newest, jpeg: bytes } = this.next;
      this.next = null;
      const picture = bytes.length ? await createImageBitmap(new Blob([bytes], { type: "image/jpeg" })).catch(() => null) : null;
      this.shown?.picture?.close();
      this.shown = { state: newest, picture };
      this.draw();
      this.onDrawn?.(newest);
      await new Promise(requestAnimationFrame);
    }
    this.busy = false;
  }

  /** Where the picture lies in the canvas: scale and offset of frame pixels. */
  place() {
    const [width, height] = this.shown.state.size;
    const scale = Math.min(this.canvas.width / width, this.canvas.height / height);
    return { scale, left: (this.canvas.width - width * scale) / 2, top: (this.canvas.height - height * scale) / 2, width, height };
  }

  /** Turn a tap into fractions of the picture. */
  fraction(event) {
    if (!this.shown) return null;
    const box = this.canvas.getBoundingClientRect();
    const { scale, left, top, width, height } = this.place();
    const x = ((event.clientX - box.left) / box.width) * this.canvas.width;
    const y = ((event.clientY - box.top) / box.height) * this.canvas.height;
    const clamp = (v) => Math.min(1, Math.max(0, v));
    return { x: clamp((x - left) / (width * scale)), y: clamp((y - top) / (height * scale)) };
  }

  draw() {
    const { pen, canvas } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = BACK;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    if (!this.shown) return;
    const { state, picture } = this.shown;
    const { scale, left, top, width, height } = this.place();
    pen.setTransform(scale, 0, 0, scale, left, top);
    if (picture) {
      pen.drawImage(picture, 0, 0, width, height);
      pen.fillStyle = `rgba(6,10,14,${this.shade(state)})`;
      pen.fillRect(0, 0, width, height);
    }
    this.over(state, { picture, width, height, unit: height / 720 });
  }
}
