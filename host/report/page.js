// Hover names a trial, a click (or Enter) isolates its config in every figure, a drag along an axis of the parallel
// coordinates keeps the lines that pass there. Without this script the page says the same.
"use strict";
const told = document.getElementById("told");
const marks = [...document.querySelectorAll("[data-config]")];
let chosen = new Set();

function show() {
  for (const svg of document.querySelectorAll("figure svg")) svg.classList.toggle("isolated", chosen.size > 0);
  for (const mark of marks) mark.classList.toggle("chosen", chosen.has(mark.dataset.config));
}
function choose(config) {
  chosen = chosen.size === 1 && chosen.has(config) ? new Set() : new Set([config]);
  show();
}
for (const mark of marks) {
  const title = mark.querySelector("title");
  mark.addEventListener("click", () => choose(mark.dataset.config));
  mark.addEventListener("mousemove", (e) => {
    told.textContent = title ? title.textContent : mark.dataset.config;
    told.style.display = "block";
    told.style.left = Math.min(e.clientX + 12, innerWidth - told.offsetWidth - 8) + "px";
    told.style.top = e.clientY + 14 + "px";
  });
  mark.addEventListener("mouseleave", () => { told.style.display = "none"; });
}
addEventListener("keydown", (e) => { if (e.key === "Escape") { chosen = new Set(); show(); } });

// Of parallel coordinates every line is a polyline with a point on each axis, so the axis is where the points are.
for (const svg of document.querySelectorAll("#parallel svg")) {
  const lines = [...svg.querySelectorAll("[data-config]")].map((mark) => ({
    config: mark.dataset.config,
    points: [...(mark.matches("polyline") ? mark : mark.querySelector("polyline"))?.points ?? []],
  }));
  let from = null;
  const at = (e) => new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
  svg.addEventListener("pointerdown", (e) => { from = at(e); });
  svg.addEventListener("pointerup", (e) => {
    const to = at(e), low = Math.min(from.y, to.y), high = Math.max(from.y, to.y);
    if (high - low < 4) return;
    const near = (p) => Math.abs(p.x - from.x);
    chosen = new Set(lines.filter(({points}) => {
      const p = points.length ? points.reduce((a, b) => (near(b) < near(a) ? b : a)) : null;
      return p && p.y >= low && p.y <= high;
    }).map((line) => line.config));
    show();
  });
}
