// The picture: each way as it is now. It goes through in its colour, or ends where it ends.

import { beginning, box, link, offsets, place, sizeFor } from "page/draw";
import { byId, html, svg } from "page/elements";
import { cell, entryOf, expected, healthy, observed, routesOf, sender, succeeded, was, why } from "page/words";

const KINDS = { client: "where requests come from", gateway: "virtual gateway", envoy: "Envoy of the virtual node", application: "application of the virtual node" };

/** How much larger than usual a picture is where there is room, and how much smaller rather than cut off. */
const MOST_SCALE = 1.35;
const LEAST_SCALE = 0.85;

const canvas = byId("canvas");
let placed = null;
let drawnFor = "";
let shown = null;
let opened = () => {};

/** Calls back with the name of a gateway or node whose box somebody opens. */
export function whenOpened(listener) {
  opened = listener;
}

function entry() {
  return document.querySelector("input[name=entry]:checked").value;
}

/** Where a way leads, and after which part of it it ends. */
function way(route, through) {
  const first = sender(route);
  const entry = route.gateway ? [["client", first]] : [];
  const parts = [...entry];
  if (route.node) {
    parts.push([first, `node/${route.node}`], [`node/${route.node}`, `application/${route.node}`]);
  }
  const { cause, status } = observed(route, through);
  const listens = shown.topology.nodes.find(({ id }) => id === first)?.listens ?? [];
  // A load balancer answers for a gateway that does not listen.
  const atGateway = cause === "listener" && !listens.includes(through);
  if (route.gateway && (atGateway || status === null || status === undefined)) {
    return { parts: entry, ends: true };
  }
  const reached = { "service-discovery": 1, listener: 1, application: 2 }[cause];
  const ends = !succeeded(route, through);
  const to = reached === undefined ? parts.length : entry.length + reached;
  return { parts: parts.slice(0, to), ends, nowhere: cause === "service-discovery" };
}

/** Shows a state; lays out anew only if the mesh or the width is another. */
export function showPicture(state) {
  shown = state;
  byId("picture").hidden = false;
  byId("panel").hidden = false;
  const { topology } = state;
  const sizeName = sizeFor(canvas.clientWidth, topology);
  const key = JSON.stringify([sizeName, canvas.clientWidth, topology.nodes.map((n) => n.id), topology.edges.map((e) => [e.from, e.to])]);
  if (key !== drawnFor) {
    placed = place(topology, sizeName, canvas.clientWidth);
    drawnFor = key;
  }
  draw();
}

function draw() {
  const through = entry();
  const run = shown.runs[0];
  const ways = routesOf(shown)
    .map((route) => ({ route, through: entryOf(route, through), ...way(route, entryOf(route, through)) }))
    .filter(({ parts }) => parts.every(([from, to]) => placed.boxes.has(from) && placed.boxes.has(to)) && parts.length);
  const onEdge = new Map();
  for (const one of ways) {
    for (const part of one.parts) {
      const key = part.join("→");
      onEdge.set(key, [...(onEdge.get(key) ?? []), one]);
    }
  }
  const selected = canvas.querySelector("[aria-current=true]")?.getAttribute("data-key");
  const hadFocus = canvas.contains(document.activeElement) ? document.activeElement.getAttribute("data-key") : null;
  const nodes = new Map(shown.topology.nodes.map((node) => [node.id, node]));
  const hues = new Map(shown.topology.nodes.map((node) => [node.name, node.hue]));
  const scale = Math.max(LEAST_SCALE, Math.min(MOST_SCALE, canvas.clientWidth / placed.width));
  const picture = svg(
    "svg",
    {
      viewBox: `0 0 ${placed.width} ${placed.height}`,
      width: placed.width * scale,
      height: placed.height * scale,
      role: "group",
      "aria-label": `The mesh ${run.mesh} and the way of each request through ${through}`,
    },
    ...idleEdges(onEdge),
    ...ways.map((one) => drawWay(one, onEdge, hues.get(one.route.node) ?? "")),
    ...[...placed.boxes.values()].map((b) => drawBox({ ...b, node: nodes.get(b.node.id) }, ways)),
    ...endings(ways, onEdge),
  );
  canvas.replaceChildren(picture);
  const stops = [...picture.querySelectorAll("[data-key]")];
  stops.forEach((stop) => stop.setAttribute("tabindex", -1));
  const current = stops.find((stop) => stop.getAttribute("data-key") === (hadFocus ?? selected)) ?? stops[0];
  current?.setAttribute("tabindex", 0);
  if (hadFocus) {
    current?.focus({ preventScroll: true });
  } else if (selected) {
    select(current);
  }
}

function offsetOf(one, part, onEdge) {
  const all = onEdge.get(part.join("→"));
  return offsets(all.length)[all.indexOf(one)];
}

/** Who could send to whom, where no request goes now. */
function idleEdges(onEdge) {
  return [...placed.edges.values()]
    .filter(({ from, to }) => !onEdge.has(`${from}→${to}`))
    .map(({ from, to }) => svg("path", { class: "idle", d: link(placed, from, to, 0).path }));
}

function drawWay(one, onEdge, hue) {
  const { route, through, parts, ends } = one;
  const lines = parts.map((part) => link(placed, ...part, offsetOf(one, part, onEdge)));
  const name = `${route.name}: ${said(route, through)}`;
  const group = svg(
    "g",
    { class: `way ${hue} ${ends ? "ends" : "through"}`, role: "img", "aria-label": name, "data-key": `way ${route.name}` },
  );
  lines.forEach((line, i) => {
    const last = i === lines.length - 1;
    const d = last && ends ? stopped(one, line).path : line.path;
    group.append(svg("path", { class: "hit", d }), svg("path", { class: "line", d }));
    if (i + 1 < lines.length) {
      // Through the box between.
      group.append(svg("path", { class: "line", d: `M${line.end.x} ${line.end.y}L${lines[i + 1].start.x} ${lines[i + 1].start.y}` }));
    }
  });
  const end = lines.at(-1).end;
  if (!ends) {
    group.append(svg("path", { class: "head", d: `m${end.x - 8} ${end.y - 4.5} 9 4.5-9 4.5z` }));
  }
  listen(group, () => describeWay(route, through, hue));
  return group;
}

/** A line that ends: before the Envoy it has no address of, or at what refuses it. */
function stopped(one, line) {
  return one.nowhere ? beginning(line, 0.62) : { end: { x: line.end.x - radius() - 3, y: line.end.y }, path: `${line.path}` };
}

function radius() {
  return placed.size.name === "narrow" ? 7 : 9;
}

/** A badge where a way ends; one for all that end at the same place for the same reason. */
function endings(ways, onEdge) {
  const badges = new Map();
  for (const one of ways.filter(({ ends }) => ends)) {
    const part = one.parts.at(-1);
    const text = was(one.route, one.through);
    const key = `${part.join()} ${text}`;
    if (!badges.has(key)) {
      const line = link(placed, ...part, offsetOf(one, part, onEdge));
      badges.set(key, badge(stopped(one, line).end, text, one.nowhere));
    }
  }
  return [...badges.values()];
}

function badge({ x, y }, text, above) {
  const narrow = placed.size.name === "narrow";
  const arm = radius() / 2;
  const size = placed.size.font - 2;
  const wide = text.length * size * 0.56 + 6;
  // Over its own line, or where lines of others may pass, above them.
  const middle = above ? { x, y: y - radius() - size * 0.75 } : { x: x - radius() - wide / 2, y };
  return svg(
    "g",
    { class: "badge", "aria-hidden": true },
    narrow ? null : svg("rect", { x: middle.x - wide / 2, y: middle.y - size * 0.65, width: wide, height: size * 1.3, rx: 4 }),
    svg("circle", { cx: x, cy: y, r: radius() }),
    svg("path", { d: `m${x - arm} ${y - arm} ${2 * arm} ${2 * arm}m0 ${-2 * arm} ${-2 * arm} ${2 * arm}` }),
    narrow ? null : svg("text", { x: middle.x, y: middle.y, "font-size": size }, text),
  );
}

function said(route, through) {
  const { kind, text } = cell(route, through);
  return kind === "ok" ? `answered ${text}` : kind === "error" ? `ends at ${text}` : text;
}

function drawBox(b, ways) {
  const { node } = b;
  const lines = texts(node, ways);
  const isProxy = node.kind === "gateway" || node.kind === "envoy";
  const group = box(b, placed.size, lines, {
    role: isProxy ? "button" : "img",
    "aria-label": `${lines.filter(Boolean).join(" ")}: ${KINDS[node.kind]} ${node.name}`,
    "data-key": node.id,
  });
  listen(group, () => describeBox(node, ways));
  if (isProxy) {
    group.addEventListener("click", () => opened(node.name));
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        opened(node.name);
      }
    });
  }
  return group;
}

function texts(node, ways) {
  const narrow = placed.size.name === "narrow";
  switch (node.kind) {
    case "client":
      return ["client", narrow ? "" : entry()];
    case "gateway":
      return [narrow ? "gateway" : node.name, narrow ? "" : `on ${node.listens.join(", ")}`];
    case "envoy":
      return [narrow ? node.color : node.name, narrow ? mark(node, ways).slice(3) : `${node.effective}${mark(node, ways)}`];
    default:
      return [narrow ? "app" : node.color, narrow ? node.listens.map((f) => f.slice(2)).join(" ") : `app on ${node.listens.join(", ")}`];
  }
}

/** The gateway Envoy's health statistic of a node. */
function mark(node, ways) {
  const route = ways.map((one) => one.route).find((r) => r.node === node.name);
  const health = route && route.healthy !== null && route.healthy !== undefined ? route.healthy : null;
  if (route && shown.settled === false) {
    return " · ♥ …";
  }
  return health === null ? "" : health ? " · ♥ 1" : " · ♥ 0";
}

function listen(element, describe) {
  const show = () => {
    select(element);
    byId("details").replaceChildren(...describe());
  };
  element.addEventListener("focus", show);
  element.addEventListener("pointerenter", show);
  element.addEventListener("click", () => element.focus({ preventScroll: true }));
}

function select(element) {
  canvas.querySelectorAll("[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
  element.setAttribute("aria-current", "true");
  canvas.querySelectorAll("[data-key]").forEach((stop) => stop.setAttribute("tabindex", stop === element ? 0 : -1));
}

function facts(entries) {
  return html("dl", {}, ...entries.flatMap(([term, text]) => [html("dt", {}, term), html("dd", {}, text)]));
}

function describeWay(route, through, hue) {
  const { kind, text } = cell(route, through);
  const is = observed(route, through);
  const edge = (from, to) => placed && shown.topology.edges.find((e) => e.from === from && e.to === to);
  const toNode = edge(sender(route), `node/${route.node}`);
  const toApplication = edge(`node/${route.node}`, `application/${route.node}`);
  return [
    html("h3", {}, html("span", { class: `swatch ${hue}` }), route.name),
    html("p", { class: `outcome ${kind}` }, text),
    html("p", {}, why(route, through)),
    facts(
      [
        route.gateway ? ["client to gateway", through] : ["sent by", route.from],
        toNode && [route.gateway ? "gateway to node" : "node to node", sent(toNode)],
        toApplication && ["Envoy to application", sent(toApplication)],
        ["the client saw", is.status ? `HTTP ${is.status}` : "connection refused"],
        through === "IPv4" && is.body && ["body", is.body],
        [`healthy for ${route.gateway ? "the gateway" : route.from}`, healthy(route)],
        expected(route, through).causes.length > 1 && ["would end as well at", expected(route, through).causes.slice(1).join(", ")],
      ].filter(Boolean),
    ),
  ];
}

function sent({ families, addresses }) {
  return addresses.length ? `${families.join(", ")}: ${addresses.join(", ")}` : "no address";
}

function describeBox(node, ways) {
  const entries = [];
  if (node.urls) {
    entries.push(...Object.entries(node.urls).map(([family, url]) => [family, url]));
  }
  if (node.effective) {
    entries.push(["preference", node.preference ? `${node.preference}, its own` : `${node.effective}${node.kind === "envoy" ? ", of its mesh" : ", of the mesh"}`]);
  }
  if (node.discovery) {
    entries.push(["can be found by", node.discovery.join(", ")]);
  }
  if (node.listens) {
    entries.push(["listens on", node.listens.join(", ")]);
  }
  const health = mark(node, ways);
  if (node.kind === "envoy" && health) {
    entries.push(["health_check.healthy", health.slice(-1)]);
  }
  return [
    html("h3", {}, node.hue ? html("span", { class: `swatch ${node.hue}` }) : null, node.name),
    html("p", {}, KINDS[node.kind]),
    facts(entries),
    node.kind === "gateway" || node.kind === "envoy" ? html("p", { class: "hint opens" }, "Press Enter or click for what this Envoy is told.") : null,
  ].filter(Boolean);
}

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

canvas.addEventListener("keydown", (event) => {
  const stops = [...canvas.querySelectorAll("[data-key]")];
  const at = stops.indexOf(document.activeElement);
  const to = event.key === "Home" ? 0 : event.key === "End" ? stops.length - 1 : at + (STEPS[event.key] ?? 0);
  if (at >= 0 && to !== at && stops[to]) {
    event.preventDefault();
    stops[to].focus();
  }
});

document.querySelectorAll("input[name=entry]").forEach((input) => input.addEventListener("change", () => shown && draw()));

let width = 0;
new ResizeObserver(() => {
  if (shown && canvas.clientWidth !== width) {
    width = canvas.clientWidth;
    showPicture(shown);
  }
}).observe(canvas);
