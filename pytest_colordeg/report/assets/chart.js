// Curves of every codec over rate or ladder: hover, arrow keys, codecs on and off.
const chart = {
  hidden: new Set(),
  spread: false,
  margin: { left: 58, right: 14, top: 12, bottom: 44 },
};

function ticks(low, high, count) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough);
  const found = [];
  for (let t = Math.ceil(low / step - 1e-9) * step; t <= high + step * 1e-9; t += step) found.push(t);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return found.map((t) => [t, shown(Math.abs(t) < step / 2 ? 0 : t, digits)]);
}

function extent(values, margin) {
  const low = Math.min(...values), high = Math.max(...values);
  const pad = (high - low || Math.abs(high) || 1) * margin;
  return [low - pad, high + pad];
}

function path(xs, ys, x, y) {
  return xs.map((value, i) => `${i ? "L" : "M"}${x(value).toFixed(1)},${y(ys[i]).toFixed(1)}`).join("");
}

function current() {
  const of = content.charts.filter((c) => c.group === chart.group);
  return of.find((c) => c.key === chart.key) || of[0];
}

function drawChart() {
  const kind = current();
  chart.key = kind.key;
  const { margin } = chart;
  const width = (chart.width = Math.max(280, document.getElementById("chart").clientWidth || 640));
  const height = Math.min(430, Math.max(270, width * 0.62));
  const curves = kind.curves.filter((curve) => !chart.hidden.has(curve.codec));
  const all = curves.length ? curves : kind.curves;
  const [x0, x1] = extent(all.flatMap((c) => [...c.x, ...c.sx]), 0.04);
  const ys = all.flatMap((c) => [...c.y, ...c.sy, ...(chart.spread ? [...c.low, ...c.high] : [])]);
  const [y0, y1] = extent(ys, 0.06);
  const x = (v) => margin.left + ((v - x0) / (x1 - x0)) * (width - margin.left - margin.right);
  const y = (v) => height - margin.bottom - ((v - y0) / (y1 - y0)) * (height - margin.top - margin.bottom);
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", tabindex: 0 });
  svg.setAttribute("aria-label", `${kind.title} of ${curves.map((c) => c.codec).join(", ")} on ${kind.group}; arrow keys read the points`);
  for (const [t, text] of ticks(x0, x1, width / 90)) {
    svg.append(drawn("line", { class: "grid", x1: x(t), x2: x(t), y1: margin.top, y2: height - margin.bottom }));
    svg.append(drawn("text", { class: "tick", x: x(t), y: height - margin.bottom + 16, "text-anchor": "middle", text }));
  }
  for (const [t, text] of ticks(y0, y1, height / 60)) {
    svg.append(drawn("line", { class: "grid", x1: margin.left, x2: width - margin.right, y1: y(t), y2: y(t) }));
    svg.append(drawn("text", { class: "tick", x: margin.left - 7, y: y(t) + 4, "text-anchor": "end", text }));
  }
  svg.append(drawn("text", { class: "axis", x: (margin.left + width - margin.right) / 2, y: height - 6, "text-anchor": "middle", text: kind.x }));
  svg.append(drawn("text", { class: "axis", transform: `translate(14 ${(height - margin.bottom) / 2}) rotate(-90)`, "text-anchor": "middle", text: kind.y }));
  const area = { x: margin.left, y: margin.top, width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  svg.append(drawn("clipPath", { id: "plot-area" }, [drawn("rect", area)]));
  const lines = new Map();
  for (const curve of curves) {
    const { line, marker } = look(curve.codec);
    const group = drawn("g", { class: `series ${line}` });
    const band = path(curve.x, curve.high, x, y) + path([...curve.x].reverse(), [...curve.low].reverse(), x, y).replace("M", "L") + "Z";
    group.append(drawn("path", { class: chart.spread ? "band always" : "band", "clip-path": "url(#plot-area)", d: band }));
    if (curve.sx.length) group.append(drawn("path", { class: "stored", d: path(curve.sx, curve.sy, x, y) }));
    group.append(drawn("path", { class: "now", d: path(curve.x, curve.y, x, y) }));
    curve.x.forEach((value, i) =>
      group.append(drawn("path", { class: "marker", d: marker, transform: `translate(${x(value).toFixed(1)} ${y(curve.y[i]).toFixed(1)})` })));
    lines.set(curve.codec, group);
    svg.append(group);
  }
  const tip = element("div", { class: "tip", role: "status", hidden: "" });
  const ring = drawn("circle", { class: "ring", r: 8, visibility: "hidden" });
  svg.append(ring);
  const point = (curve, i) => {
    if (!curve) {
      tip.hidden = true;
      ring.setAttribute("visibility", "hidden");
      for (const group of lines.values()) group.classList.remove("near");
      return;
    }
    for (const [codec, group] of lines) group.classList.toggle("near", codec === curve.codec);
    ring.setAttribute("cx", x(curve.x[i]));
    ring.setAttribute("cy", y(curve.y[i]));
    ring.setAttribute("visibility", "visible");
    const half = (curve.high[i] - curve.low[i]) / 2;
    const across = kind.key === "cumulative" ? `transition ${curve.x[i]}` : `${shown(curve.x[i])} bpp`;
    tip.replaceChildren(
      element("strong", { text: `${curve.codec}-r${curve.rungs[i]}` }),
      element("span", { text: across }),
      element("span", { text: `${shown(curve.y[i])}${half > 0 ? ` ± ${shown(half)}` : ""}` }),
      ...(curve.sy.length === curve.y.length ? [element("span", { class: "quiet", text: `baseline ${shown(curve.sy[i])}` })] : []),
    );
    tip.hidden = false;
    const place = x(curve.x[i]) / width;
    tip.style.top = `${(y(curve.y[i]) / height) * 100}%`;
    tip.style.left = place < 0.6 ? `${place * 100}%` : "auto";
    tip.style.right = place < 0.6 ? "auto" : `${(1 - place) * 100}%`;
  };
  listen(svg, curves, x, y, point);
  document.getElementById("chart").replaceChildren(svg, tip);
  document.getElementById("chart-title").textContent = `${kind.title}, ${kind.group}`;
  const dashed = curves.some((c) => c.sx.length) ? "Dashed: the baseline. " : "";
  document.getElementById("chart-note").textContent =
    dashed + "The band is ± one standard deviation over images." + (kind.paper ? ` As in ${kind.paper}.` : "");
  drawLegend(kind, lines);
}

function listen(svg, curves, x, y, point) {
  let at = null;
  const go = (next) => {
    at = next;
    point(at && curves[at[0]], at && at[1]);
  };
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect(), scale = chart.width / box.width;
    const px = (event.clientX - box.left) * scale, py = (event.clientY - box.top) * scale;
    let best = null, least = 40;
    curves.forEach((curve, c) => curve.x.forEach((value, i) => {
      const far = Math.hypot(x(value) - px, y(curve.y[i]) - py);
      if (far < least) [least, best] = [far, [c, i]];
    }));
    go(best);
  });
  svg.addEventListener("pointerleave", () => go(null));
  svg.addEventListener("blur", () => go(null));
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (event.key === "Escape") go(null);
    if (!step || !curves.length) return;
    event.preventDefault();
    if (!at) return go([0, 0]);
    const c = (at[0] + step[0] + curves.length) % curves.length;
    go([c, Math.max(0, Math.min(curves[c].x.length - 1, at[1] + step[1]))]);
  });
}

function drawLegend(kind, lines) {
  const legend = document.getElementById("chart-legend");
  legend.replaceChildren(...kind.curves.map(({ codec }) => {
    const { line, marker } = look(codec);
    const swatch = drawn("svg", { viewBox: "-14 -7 28 14", class: `swatch series ${line}`, "aria-hidden": "true" }, [
      drawn("path", { class: "now", d: "M-13,0H13" }), drawn("path", { class: "marker", d: marker })]);
    const button = pressed("", !chart.hidden.has(codec), () => {
      if (!chart.hidden.delete(codec)) chart.hidden.add(codec);
      drawChart();
      legend.querySelectorAll("button")[kind.curves.findIndex((c) => c.codec === codec)].focus();
    });
    button.append(swatch, codec);
    for (const [name, on] of [["pointerenter", true], ["pointerleave", false], ["focus", true], ["blur", false]])
      button.addEventListener(name, () => lines.get(codec)?.classList.toggle("near", on));
    return button;
  }));
}

if (content.charts.length) {
  const groups = [...new Set(content.charts.map((c) => c.group))];
  chart.group = groups.includes(content.group) ? content.group : groups[0];
  const kinds = [...new Map(content.charts.map((c) => [c.key, c.title]))];
  chart.key = kinds[0][0];
  const parts = [select("Show", kinds, chart.key, (key) => { chart.key = key; drawChart(); })];
  if (groups.length > 1)
    parts.push(select("on", groups.map((g) => [g, g]), chart.group, (group) => { chart.group = group; drawChart(); drawRose?.(); }));
  parts.push(pressed("Spread over images", false, (button) => {
    chart.spread = !chart.spread;
    button.setAttribute("aria-pressed", chart.spread);
    drawChart();
  }));
  document.getElementById("chart-controls").replaceChildren(...parts);
  drawChart();
  let pending = 0;
  addEventListener("resize", () => {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(drawChart);
  });
} else document.getElementById("curves").hidden = true;
