// The table, which the server has written: brought up to date when something changes.

import { byId, html } from "page/elements";
import { cell, FAMILIES, healthy, observed, routesOf, stageOf, whatOf, whyBoth } from "page/words";

function fill(row, route, settled) {
  FAMILIES.forEach((entry, i) => {
    const suffix = entry === "IPv4" ? "" : "-ipv6";
    row.setAttribute(`data-outcome${suffix}`, observed(route, entry).outcome ?? "");
    row.setAttribute(`data-cause${suffix}`, observed(route, entry).cause ?? "");
    const { kind, text } = cell(route, entry);
    row.cells[2 + i].className = `outcome ${kind}`;
    row.cells[2 + i].textContent = text;
  });
  row.cells[1].textContent = route.node ?? "";
  row.cells[4].textContent = settled ? healthy(route) : "…";
  row.cells[5].textContent = whyBoth(route);
}

function newRow(route, hue) {
  const cells = ["Virtual node", "Through IPv4", "Through IPv6", "Healthy", "Why"];
  return html(
    "tr",
    { role: "row", "data-request": route.name, "data-path": route.path, "data-gateway": route.gateway ?? "" },
    html("th", { role: "rowheader", scope: "row" }, html("span", { class: `swatch ${hue}` }), route.name),
    ...cells.map((label) => html("td", { role: "cell", "data-label": label, class: label === "Why" ? "why" : null })),
  );
}

/** Shows a run. */
export function showTable(state) {
  const run = state.runs[0];
  const hues = new Map(state.topology.nodes.map((node) => [node.name, node.hue]));
  const rows = byId("rows");
  const routes = routesOf(state);
  const same = rows.rows.length === routes.length && routes.every(({ name }, i) => rows.rows[i].dataset.request === name);
  if (!same) {
    rows.replaceChildren(...routes.map((route) => newRow(route, hues.get(route.node) ?? "")));
  }
  routes.forEach((route, i) => fill(rows.rows[i], route, state.settled ?? true));
  byId("what").textContent = whatOf(run);
  byId("stage").textContent = stageOf(run);
  byId("mesh").textContent = run.mesh;
  byId("preference").textContent = run.preference ?? "no preference";
}
