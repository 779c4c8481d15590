// Live traffic: a strip for each path shows the last minute.

import { byId, html } from "page/elements";

const MINUTE = 60_000;
const NO_ANSWER = "no answer";
const LABEL_SPACE = 4;
/** Above the bars, for the names of stages; px. */
const TOP = 14;
const LABEL_WIDTH = 76;

const strips = new Map();
let samples = [];
let switches = [];
let on = false;
let ahead = 0;
let drawing = false;

/** Starts and ends traffic where somebody asks for it. */
export function followTraffic(post) {
  byId("traffic").hidden = false;
  const order = async (body) => {
    try {
      await post("/api/traffic", body);
    } catch (refused) {
      byId("said").textContent = refused.message;
    }
  };
  const family = () => document.querySelector("input[name=traffic-family]:checked").value;
  byId("traffic-toggle").addEventListener("click", () => order(on ? { on: false } : { on: true, family: family() }));
  document
    .querySelectorAll("input[name=traffic-family]")
    .forEach((input) => input.addEventListener("change", () => on && order({ on: true, family: family() })));
}

/** Takes what the server tells of it. */
export function showTraffic(event) {
  on = event.on;
  ahead = event.now - Date.now();
  switches = event.switches;
  samples = (event.whole ? [] : samples).concat(event.samples).filter(({ at }) => at > event.now - MINUTE);
  byId("traffic-toggle").setAttribute("aria-pressed", on);
  if (on) {
    document.querySelector(`input[name=traffic-family][value=${event.family}]`).checked = true;
  }
  for (const total of event.counts) {
    if (!strips.has(total.request)) {
      strips.set(total.request, strip(total));
    }
    count(strips.get(total.request), total);
  }
  byId("no-answer").hidden = !event.counts.some(({ failed }) => failed[NO_ANSWER]);
  if (!drawing) {
    drawing = true;
    requestAnimationFrame(draw);
  }
}

function strip({ request, gateway, path }) {
  const row = document.querySelector(`#rows tr[data-request="${CSS.escape(request)}"]`);
  const canvas = html("canvas", { role: "img", "aria-label": `${request}, the last minute` });
  const counts = html("p", { class: "counts" });
  const swatch = html("span", { class: row?.querySelector(".swatch").className ?? "swatch" });
  const element = html("div", { class: "strip", "data-traffic": path, "data-gateway": gateway ?? "" }, html("h3", {}, swatch, request), canvas, counts);
  byId("strips").append(element);
  return { strip: element, canvas, counts, request, swatch };
}

function count(one, total) {
  const [answered, failed] = [total.answered, total.failed].map((statuses) => Object.values(statuses).reduce((sum, n) => sum + n, 0));
  const times = samples.filter((sample) => sample.request === one.request).map(({ millis }) => millis).sort((a, b) => a - b);
  one.strip.dataset.answered = answered;
  one.strip.dataset.failed = failed;
  one.counts.replaceChildren(
    `${answered} answered, ${failed} failed`,
    ...(failed ? [` (${Object.entries(total.failed).map(([status, n]) => `${status}: ${n}${status === NO_ANSWER ? "*" : ""}`).join(", ")})`] : []),
    ...(times.length ? [`; ${times[Math.floor(times.length / 2)]} ms, at most ${times.at(-1)} ms`] : []),
  );
}

function draw() {
  drawing = false;
  const now = Date.now() + ahead;
  strips.forEach((one) => drawStrip(one, now));
  // It moves on while requests are made, and until the last of them is a minute old.
  if (on || samples.some(({ at }) => at > now - MINUTE)) {
    drawing = true;
    setTimeout(() => requestAnimationFrame(draw), 250);
  }
}

function drawStrip({ canvas, request, swatch }, now) {
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const x = (at) => width - ((now - at) / MINUTE) * width;
  const tall = height - TOP;
  const middle = TOP + tall * 0.62;
  pen.fillStyle = style.getPropertyValue("--line");
  pen.fillRect(0, middle, width, 1);
  const answered = getComputedStyle(swatch).backgroundColor;
  const failed = style.getPropertyValue("--bad");
  for (const sample of samples) {
    if (sample.request === request) {
      pen.fillStyle = sample.answered ? answered : failed;
      pen.fillRect(x(sample.at), sample.answered ? middle - tall * 0.58 : middle + 2, 2, tall * (sample.answered ? 0.57 : 0.3));
    }
  }
  pen.fillStyle = style.getPropertyValue("--text");
  pen.font = "11px system-ui, sans-serif";
  // A name stands behind its line, or before it where there is no room.
  const isBefore = ({ at }) => x(at) + LABEL_WIDTH > width;
  switches.forEach((one, i) => {
    pen.fillRect(x(one.at), 0, 1, height);
    const next = switches[i + 1];
    // Of switches in quick succession, the last one has its name beside it.
    if (!next || x(next.at) - x(one.at) > (isBefore(next) ? 2 : 1) * LABEL_WIDTH) {
      pen.textAlign = isBefore(one) ? "right" : "left";
      pen.fillText(one.stage, x(one.at) + (isBefore(one) ? -LABEL_SPACE : LABEL_SPACE), 10);
    }
  });
}
