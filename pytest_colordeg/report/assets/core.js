"use strict";
// What the other scripts share: the data, elements, numbers, series' looks.
const content = JSON.parse(document.getElementById("content").textContent);
const SVG = "http://www.w3.org/2000/svg";

function element(tag, attributes = {}, children = []) {
  return fill(document.createElement(tag), attributes, children);
}

function drawn(tag, attributes = {}, children = []) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function shown(value, digits = 3) {
  return Number(value).toFixed(digits).replace("-", "−");
}

// A codec has one colour and one marker everywhere: its place in the sorted list decides.
const MARKERS = [
  "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0",
  "M-3.6,-3.6h7.2v7.2h-7.2z",
  "M0,-4.8L4.6,3.6H-4.6z",
  "M0,-5L5,0L0,5L-5,0z",
  "M0,4.8L4.6,-3.6H-4.6z",
  "M-4.5,-1.5h3v-3h3v3h3v3h-3v3h-3v-3h-3z",
  "M0,-5L1.5,-1.6L5,-1.5L2.3,0.8L3.2,4.4L0,2.4L-3.2,4.4L-2.3,0.8L-5,-1.5L-1.5,-1.6z",
];
const COLOURS = 8;

function look(codec) {
  const place = content.codecs.indexOf(codec);
  return { line: `series-${place % COLOURS}`, marker: MARKERS[place % MARKERS.length] };
}

function select(label, options, value, change) {
  const choice = element("select", {}, options.map(([key, text]) => element("option", { value: key, text })));
  choice.value = value;
  choice.addEventListener("change", () => change(choice.value));
  return element("label", {}, [label + " ", choice]);
}

function pressed(text, on, change) {
  const button = element("button", { type: "button", "aria-pressed": String(on), text });
  button.addEventListener("click", () => change(button));
  return button;
}

for (const node of document.querySelectorAll("[data-needs-script]")) node.hidden = false;

for (const button of document.querySelectorAll("button.copy")) {
  button.addEventListener("click", async () => {
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
  });
}

// A link to a folded failure opens it.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === "DETAILS") target.open = true;
}
addEventListener("hashchange", reveal);
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link && link.getAttribute("href") === location.hash) reveal();
});
reveal();
