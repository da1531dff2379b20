// A metric by hue of the original, around the circle of hues; baseline against now.
const rose = { families: { delta_e00: "Mean ΔE00 by hue", delta_c: "Change of chroma (ΔC*) by hue" } };

function drawRose() {
  const members = content.points.filter((p) => p.group === chart.group && Object.keys(p.roses).length);
  const holder = document.getElementById("rose").closest("figure");
  holder.hidden = !members.length;
  if (!members.length) return;
  const point = members.find((p) => p.id === rose.id) || members.find((p) => p.id === rose.first) || members[0];
  rose.id = point.id;
  const names = Object.keys(point.roses);
  if (!names.includes(rose.family)) rose.family = names[0];
  const choices = [select("Point", members.map((p) => [p.id, `${p.codec}-r${p.rung}`]), point.id, (id) => { rose.id = id; drawRose(); })];
  if (names.length > 1)
    choices.push(select("of", names.map((n) => [n, rose.families[n]]), rose.family, (f) => { rose.family = f; drawRose(); }));
  document.getElementById("rose-controls").replaceChildren(...choices);
  document.getElementById("rose-title").textContent = `${rose.families[rose.family]}, ${point.codec}-r${point.rung} on ${point.group}`;
  document.getElementById("rose").replaceChildren(roseFigure(point.roses[rose.family], look(point.codec).line));
}

function roseFigure([now, low, high, stored], line) {
  const size = 400, middle = size / 2, outer = 158, inner = 26;
  const numbers = [...now, ...low, ...high, ...stored].filter((v) => v !== null);
  const from = Math.min(0, ...numbers), to = Math.max(0, ...numbers, from + 1e-6);
  const radius = (v) => inner + ((v - from) / (to - from)) * (outer - inner);
  const at = (degrees, r) => {
    const a = (degrees * Math.PI) / 180;
    return [middle + r * Math.cos(a), middle - r * Math.sin(a)];
  };
  const spot = (i, v) => at(i * 30 + 15, radius(v)).map((n) => n.toFixed(1)).join(",");
  const svg = drawn("svg", { viewBox: `0 0 ${size} ${size}`, role: "img" });
  svg.setAttribute("aria-label", now.map((v, i) => `${i * 30} to ${i * 30 + 30} degrees: ${v === null ? "n/a" : shown(v, 2)}`).join("; "));
  for (let i = 0; i < 12; i++) {
    const [ax, ay] = at(i * 30, outer + 6), [bx, by] = at(i * 30 + 30, outer + 6);
    svg.append(drawn("path", { class: `hue-${i}`, d: `M${ax},${ay}A${outer + 6},${outer + 6} 0 0,0 ${bx},${by}` }));
    const [tx, ty] = at(i * 30, outer + 24);
    svg.append(drawn("text", { class: "tick", x: tx, y: ty + 4, "text-anchor": "middle", text: `${i * 30}°` }));
    const [sx, sy] = at(i * 30, inner), [ex, ey] = at(i * 30, outer);
    svg.append(drawn("line", { class: "grid", x1: sx, y1: sy, x2: ex, y2: ey }));
  }
  for (const [t, text] of ticks(from, to, 4)) {
    svg.append(drawn("circle", { class: t === 0 || Math.abs(t) < 1e-9 ? "grid zero" : "grid", cx: middle, cy: middle, r: radius(t) }));
    svg.append(drawn("text", { class: "tick halo", x: middle + 3, y: middle - radius(t) - 2, text }));
  }
  const group = drawn("g", { class: `series ${line}` });
  now.forEach((v, i) => {
    if (v === null) return;
    const wedge = (a, b) => [[a, -10], [b, -10], [b, 10], [a, 10]].map(([value, d]) => at(i * 30 + 15 + d, radius(value)).map((n) => n.toFixed(1)).join(","));
    group.append(drawn("polygon", { class: "band always", points: wedge(low[i], high[i]).join(" ") }));
  });
  for (const [name, values] of [["stored", stored], ["now", now]]) {
    values.forEach((v, i) => {
      const next = values[(i + 1) % 12];
      if (v !== null && next !== null) group.append(drawn("path", { class: name, d: `M${spot(i, v)}L${spot((i + 1) % 12, next)}` }));
    });
  }
  now.forEach((v, i) => {
    if (v === null) return;
    const [cx, cy] = at(i * 30 + 15, radius(v));
    const before = stored[i] === null ? "" : `, baseline ${shown(stored[i], 2)}`;
    group.append(drawn("circle", { class: "marker", cx, cy, r: 4 }, [drawn("title", { text: `${i * 30}–${i * 30 + 30}°: ${shown(v, 2)}${before}` })]));
  });
  svg.append(group);
  return svg;
}

const firstFailure = document.querySelector("details.failure");
rose.first = firstFailure && firstFailure.id;
if (content.charts.length) drawRose();
