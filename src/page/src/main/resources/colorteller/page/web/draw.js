// Lays a mesh out, and draws what does not change with a stage's outcome: boxes and where ways go.

import { Graph, layout } from "dagre";
import { svg } from "page/elements";

/** Sizes of boxes and gaps, px: of a wide picture, a narrow one, and one with many boxes. */
const SIZES = {
  wide: { client: [64, 44], gateway: [146, 64], envoy: [174, 54], application: [132, 54], rank: 96, least: 92, most: 170, gap: 16, font: 13 },
  narrow: { client: [42, 34], gateway: [58, 44], envoy: [60, 38], application: [46, 38], rank: 26, least: 18, most: 70, gap: 12, font: 11 },
  dense: { client: [64, 44], gateway: [150, 64], envoy: [200, 30], application: [132, 30], rank: 96, least: 92, most: 170, gap: 6, font: 13 },
};

const MANY = 40;
const SPACE_BETWEEN_WAYS = 5;
const MOST_WAYS_SIDE_BY_SIDE = 9;
const MARGIN = 8;

/** The size for a picture of a width. */
export function sizeFor(width, topology) {
  if (width < 680) {
    return "narrow";
  }
  return topology.nodes.length > MANY ? "dense" : "wide";
}

/**
 * Where everything is.
 *
 * @returns {{width: number, height: number, boxes: Map, edges: Map, size: object}} boxes by id with
 *   their centre, ranks as far apart as the width allows; edges by "from→to" with the points that they lead through
 */
export function place(topology, sizeName, available) {
  const size = SIZES[sizeName];
  const first = placeWith(topology, size, size.rank);
  if (topology.nodes.length > MANY) {
    return { ...first, size: { ...size, name: sizeName } };
  }
  const gaps = new Set([...first.boxes.values()].map(({ x }) => x)).size - 1;
  const rank = Math.max(size.least, Math.min(size.most, size.rank + (available - first.width) / Math.max(1, gaps)));
  const placed = Math.abs(rank - size.rank) < 1 ? first : placeWith(topology, size, rank);
  return { ...placed, size: { ...size, rank, name: sizeName } };
}

function placeWith(topology, size, rank) {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", ranksep: rank, nodesep: size.gap, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of topology.nodes) {
    const [width, height] = size[node.kind];
    graph.setNode(node.id, { width, height });
  }
  for (const { from, to } of topology.edges) {
    graph.setEdge(from, to, { weight: to.startsWith("application/") ? 8 : 1 });
  }
  // Where nobody has backends it is a tree, and its order is the mesh's own.
  layout(graph, { disableOptimalOrderHeuristic: !topology.edges.some(isBackend) });
  const boxes = new Map(topology.nodes.map((node) => [node.id, { ...graph.node(node.id), node }]));
  const edges = new Map(
    topology.edges.map((edge) => [`${edge.from}→${edge.to}`, { ...edge, points: graph.edge(edge.from, edge.to).points }]),
  );
  const { width, height } = graph.graph();
  return { width, height, boxes, edges };
}

const isBackend = ({ from, to }) => from.startsWith("node/") && to.startsWith("node/");

/** How far from an edge's middle each of the ways on it is drawn, so that none hides another. */
export function offsets(count) {
  const step = count > MOST_WAYS_SIDE_BY_SIDE ? 0 : SPACE_BETWEEN_WAYS;
  return Array.from({ length: count }, (_, i) => (i - (count - 1) / 2) * step);
}

const side = (box, sign, offset) => ({ x: box.x + (sign * box.width) / 2, y: box.y + offset });

/** A line from box to box, leaving to the right and coming in from the left. */
export function link(layout, from, to, offset) {
  const [a, b] = [layout.boxes.get(from), layout.boxes.get(to)];
  const start = side(a, 1, offset);
  const end = side(b, -1, offset);
  // Past boxes of ranks between, as the layout leads it.
  const between = (layout.edges.get(`${from}→${to}`)?.points ?? []).slice(1, -1);
  const middle = between.length > 1 ? between.map((p) => ({ x: p.x, y: p.y + offset })) : [];
  return { start, end, path: curve([start, ...middle, end]) };
}

/** The first part of a line between neighbours, which ends before it is there. */
export function beginning({ start, end }, share) {
  const middle = (start.x + end.x) / 2;
  const mix = (p, q) => ({ x: p.x + (q.x - p.x) * share, y: p.y + (q.y - p.y) * share });
  // De Casteljau's construction: the part of a cubic curve up to a share of it.
  const [c1, c2] = [{ x: middle, y: start.y }, { x: middle, y: end.y }];
  const [a, b, c] = [mix(start, c1), mix(c1, c2), mix(c2, end)];
  const [d, e] = [mix(a, b), mix(b, c)];
  const last = mix(d, e);
  const at = ({ x, y }) => `${round(x)} ${round(y)}`;
  return { end: last, path: `M${at(start)}C${at(a)} ${at(d)} ${at(last)}` };
}

function curve(points) {
  let path = `M${round(points[0].x)} ${round(points[0].y)}`;
  for (let i = 1; i < points.length; i++) {
    const [p, q] = [points[i - 1], points[i]];
    const x = round((p.x + q.x) / 2);
    path += `C${x} ${round(p.y)} ${x} ${round(q.y)} ${round(q.x)} ${round(q.y)}`;
  }
  return path;
}

const round = (value) => Math.round(value * 10) / 10;

/** A box with up to two lines of text, cut to its width. */
export function box(placed, size, lines, attributes) {
  const { x, y, width, height, node } = placed;
  const left = x - width / 2;
  const letters = Math.floor((width - (size.name === "narrow" ? 4 : 12)) / (size.font * 0.53));
  const shown = (height < size.font * 3 ? lines.slice(0, 1) : lines).filter(Boolean);
  const first = y - ((shown.length - 1) * (size.font + 4)) / 2;
  return svg(
    "g",
    { class: `box ${node.kind} ${node.hue ?? ""}`, "data-id": node.id, ...attributes },
    svg("rect", { x: left, y: y - height / 2, width, height, rx: 7 }),
    node.hue ? svg("rect", { class: "edge", x: left, y: y - height / 2, width: 5, height, rx: 2.5 }) : null,
    ...shown.flatMap((line, i) => [
      i ? " " : "",
      svg("text", { x, y: first + i * (size.font + 4), class: i ? "second" : "first", "font-size": size.font - (i ? 1.5 : 0) }, cut(line, letters)),
    ]),
  );
}

function cut(text, letters) {
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}
