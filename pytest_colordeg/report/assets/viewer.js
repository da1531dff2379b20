// Original against decoded: flip, slider, side by side, the map of ΔE00, the a*b* plane.
const MODES = [["flip", "Flip"], ["slide", "Slider"], ["beside", "Side by side"], ["heat", "ΔE00 map"], ["ab", "a*b* plane"]];
const ZOOMS = [1, 2, 4, 8];
const source = (key) => `data:image/png;base64,${content.pictures[key]}`;

function image(key, alt, width, height) {
  return element("img", { src: source(key), alt, width, height, draggable: "false" });
}

class Viewer {
  constructor(root) {
    this.root = root;
    this.stage = root.querySelector(".stage");
    this.readout = root.querySelector(".readout");
    this.tabs = [...root.querySelectorAll(".tabs button")];
    this.mode = "flip";
    this.decoded = true;
    this.split = 50;
    this.tabs.forEach((tab) => tab.addEventListener("click", () => this.pick(tab)));
    this.modes = MODES.map(([key, text]) => pressed(text, key === this.mode, () => this.view(key)));
    this.zooms = ZOOMS.map((zoom) => pressed(zoom === 1 ? "1:1" : `${zoom}×`, false, () => this.enlarge(zoom)));
    const bar = root.querySelector(".modes");
    bar.append(...this.modes);
    bar.after(element("div", { class: "controls modes", role: "group", "aria-label": "Zoom" }, this.zooms));
    this.stage.addEventListener("keydown", (event) => this.key(event));
    this.stage.addEventListener("click", () => this.flip());
    this.stage.addEventListener("pointermove", (event) => this.read(event));
    this.stage.addEventListener("pointerleave", () => this.tell());
    this.pick(this.tabs[0]);
  }

  pick(tab) {
    this.tabs.forEach((other) => other.setAttribute("aria-pressed", String(other === tab)));
    this.keys = JSON.parse(tab.dataset.keys);
    this.name = tab.querySelector("strong").textContent;
    this.width = Number(tab.dataset.width);
    this.height = Number(tab.dataset.height);
    this.pixels = null;
    const there = Boolean(this.keys.original);
    for (const button of [...this.modes, ...this.zooms]) button.disabled = !there;
    if (!there) {
      this.stage.replaceChildren(element("p", { class: "hint", text: tab.dataset.problem }));
      this.readout.textContent = "";
      return;
    }
    const room = this.stage.clientWidth || 400;
    this.zoom = ZOOMS.filter((zoom) => zoom * this.width <= room && zoom * this.height <= 640).pop() || 1;
    this.draw();
  }

  view(mode) {
    this.mode = mode;
    this.draw();
  }

  enlarge(zoom) {
    const stage = this.stage, ratio = zoom / this.zoom;
    const x = (stage.scrollLeft + stage.clientWidth / 2) * ratio, y = (stage.scrollTop + stage.clientHeight / 2) * ratio;
    this.zoom = zoom;
    this.draw();
    stage.scrollTo(x - stage.clientWidth / 2, y - stage.clientHeight / 2);
  }

  flip() {
    if (this.mode !== "flip" || !this.keys.original) return;
    this.decoded = !this.decoded;
    this.draw();
  }

  key(event) {
    if (event.target !== this.stage) return;
    const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (["f", "F", " ", "Enter"].includes(event.key)) this.flip();
    else if (step && this.mode === "slide") this.slide(this.split + step);
    else if (event.key === "+" || event.key === "-") {
      const next = ZOOMS[ZOOMS.indexOf(this.zoom) + (event.key === "+" ? 1 : -1)];
      if (next) this.enlarge(next);
    } else return;
    event.preventDefault();
  }

  slide(split) {
    this.split = Math.max(0, Math.min(100, split));
    const over = this.stage.querySelector(".over"), bar = this.stage.querySelector(".bar");
    over.style.clipPath = `inset(0 0 0 ${this.split}%)`;
    bar.style.left = `${this.split}%`;
    this.stage.querySelector("input").value = this.split;
  }

  draw() {
    const { keys, zoom } = this, w = this.width * zoom, h = this.height * zoom;
    this.modes.forEach((button, i) => button.setAttribute("aria-pressed", String(MODES[i][0] === this.mode)));
    this.zooms.forEach((button, i) => {
      button.setAttribute("aria-pressed", String(ZOOMS[i] === zoom));
      button.hidden = this.mode === "ab";
    });
    const picture = (kind, words, tag = words) => {
      const frame = element("div", { class: "frame" }, [image(keys[kind], `${this.name}, ${words}`, w, h), element("span", { class: "tag", text: tag })]);
      frame.style.width = `${w}px`;
      return frame;
    };
    let parts;
    if (this.mode === "flip") {
      parts = [picture(this.decoded ? "decoded" : "original", this.decoded ? "decoded" : "original")];
    } else if (this.mode === "slide") {
      parts = [this.slider(w, h)];
    } else if (this.mode === "beside") {
      parts = [picture("original", "original"), picture("decoded", "decoded")];
    } else if (this.mode === "heat") {
      parts = [picture("delta_e00", "ΔE00")];
    } else {
      parts = ["original", "decoded"].map((kind) =>
        element("div", { class: "frame plane" }, [image(keys[`ab_${kind}`], `a*b* plane of ${this.name}, ${kind}`, 255, 255), element("span", { class: "tag", text: kind })]));
    }
    this.stage.className = `stage ${this.mode}`;
    this.stage.setAttribute("aria-label", `${this.name}: ${this.mode === "flip" ? (this.decoded ? "decoded" : "original") : this.modes.find((b) => b.getAttribute("aria-pressed") === "true").textContent}`);
    this.stage.replaceChildren(element("div", { class: "pictures" }, parts));
    if (this.mode === "slide") this.slide(this.split);
    this.tell();
  }

  slider(w, h) {
    const over = element("div", { class: "over" }, [image(this.keys.decoded, `${this.name}, decoded`, w, h)]);
    const range = element("input", { type: "range", min: 0, max: 100, step: 0.5, "aria-label": "Where the decoded picture begins" });
    range.addEventListener("input", () => this.slide(Number(range.value)));
    const frame = element("div", { class: "frame" }, [
      image(this.keys.original, `${this.name}, original`, w, h), over, element("div", { class: "bar" }), range,
      element("span", { class: "tag", text: "original" }), element("span", { class: "tag right", text: "decoded" })]);
    frame.style.width = `${w}px`;
    return frame;
  }

  tell() {
    const scale = document.getElementById("heat-scale");
    if (this.mode === "heat" && scale) this.readout.replaceChildren(scale.content.cloneNode(true));
    else if (this.mode === "ab") this.readout.textContent = "Every colour once, lightness left out: a* to the right, b* upwards, −127 to 127, neutral in the middle.";
    else this.readout.textContent = this.mode === "flip" ? `Showing the ${this.decoded ? "decoded" : "original"} picture` : "";
  }

  // The values of the pixel under the pointer, read from the lossless pictures.
  read(event) {
    const frame = event.target.closest?.(".frame");
    if (!frame || this.mode === "ab" || this.mode === "heat") return;
    const box = frame.getBoundingClientRect();
    const x = Math.floor((event.clientX - box.left) / this.zoom), y = Math.floor((event.clientY - box.top) / this.zoom);
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    this.pixels ??= Promise.all(["original", "decoded"].map((kind) => this.load(kind)));
    this.pixels.then((both) => {
      const at = 4 * (y * this.width + x);
      const [a, b] = both.map((data) => [...data.subarray(at, at + 3)].join(" "));
      this.readout.textContent = `(${x}, ${y})  original ${a}  decoded ${b}`;
    });
  }

  async load(kind) {
    const picture = new Image();
    picture.src = source(this.keys[kind]);
    await picture.decode();
    const canvas = element("canvas", { width: this.width, height: this.height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(picture, 0, 0);
    return context.getImageData(0, 0, this.width, this.height).data;
  }
}

// Pictures are decoded when their failure is first unfolded.
for (const failure of document.querySelectorAll("details.failure")) {
  const start = () => {
    const root = failure.querySelector(".viewer");
    if (failure.open && root && !root.dataset.ready) {
      root.dataset.ready = "yes";
      new Viewer(root);
    }
  };
  failure.addEventListener("toggle", start);
  start();
}
