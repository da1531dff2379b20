// All points: sort by a column, filter by words, unfold the images of a row.
const table = document.getElementById("point-table");
const body = table.tBodies[0];
const rows = [...body.rows];
const byId = new Map(content.points.map((point) => [point.id, point]));
const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

function sortKey(row, column, kind) {
  if (column === 0) return row.dataset.order;
  const cell = row.cells[column];
  if (kind === "text") return cell.textContent.trim();
  return cell.dataset.value === undefined ? null : Number(cell.dataset.value);
}

function sort(heading, column) {
  const down = heading.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  const kind = heading.dataset.kind, sign = down ? -1 : 1;
  const keyed = rows.map((row, i) => [sortKey(row, column, kind), i, row]);
  // What has no number comes last either way.
  keyed.sort(([a, i], [b, j]) => {
    if (a === null || b === null) return (a === null) - (b === null) || i - j;
    return sign * (kind === "text" ? a.localeCompare(b) : a - b) || i - j;
  });
  closeImages();
  body.append(...keyed.map(([, , row]) => row));
}

[...table.tHead.rows[0].cells].forEach((heading, column) => {
  const button = element("button", { type: "button", text: heading.textContent });
  button.addEventListener("click", () => sort(heading, column));
  heading.replaceChildren(button);
});

const filterBox = document.getElementById("filter"), failingOnly = document.getElementById("failing-only");
function filter() {
  const wanted = filterBox.value.toLowerCase().split(/\s+/).filter(Boolean);
  closeImages();
  let count = 0;
  for (const row of rows) {
    const fits = (!failingOnly.checked || row.classList.contains("fails")) && wanted.every((word) => words.get(row).includes(word));
    row.hidden = !fits;
    count += fits;
  }
  document.getElementById("point-count").textContent = `${count} of ${rows.length} points`;
}
filterBox.addEventListener("input", filter);
failingOnly.addEventListener("change", filter);
filter();

function closeImages() {
  for (const open of body.querySelectorAll("tr.images")) open.remove();
  for (const row of rows) row.setAttribute("aria-expanded", "false");
}

function openImages(row) {
  const expanded = row.getAttribute("aria-expanded") === "true";
  closeImages();
  if (expanded) return;
  row.setAttribute("aria-expanded", "true");
  const added = byId.get(row.dataset.point).rows.map(([name, ...values]) => {
    const cells = typeof values[0] === "string" && values.length === 1
      ? [element("td", { class: "error", colspan: content.columns.length, text: values[0] })]
      : values.map((value, i) => element("td", { text: typeof value === "number" ? shown(value, content.columns[i][1]) : value ?? "–" }));
    return element("tr", { class: "images" }, [element("th", { scope: "row", colspan: 3, text: name }), ...cells]);
  });
  row.after(...added);
}

for (const row of rows) {
  row.tabIndex = 0;
  row.setAttribute("aria-expanded", "false");
  row.addEventListener("click", (event) => { if (!event.target.closest("a")) openImages(row); });
  row.addEventListener("keydown", (event) => {
    if (event.target === row && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      openImages(row);
    }
  });
}
