// What one Envoy was given and what it reports, and the rule that each address comes from.

import { byId, html } from "page/elements";

let names = [];
let version = "";
let known = null;
let ask;

/** Shows what somebody chooses or seeks; {@code asking} asks the server. */
export function followProxies(asking) {
  ask = asking;
  byId("proxy").addEventListener("change", (event) => load(event.target.value));
  byId("search").addEventListener("input", show);
}

/** Offers the proxies of a state, and reads again what is open when the stage has changed. */
export function proxiesOf(state) {
  byId("proxies").hidden = false;
  const now = state.topology.nodes.filter(({ kind }) => kind === "gateway" || kind === "envoy").map(({ name }) => name);
  const select = byId("proxy");
  if (now.join() !== names.join()) {
    names = now;
    select.replaceChildren(html("option", { value: "" }, "choose …"), ...names.map((name) => html("option", { value: name }, name)));
  }
  const changed = JSON.stringify([state.preferences, state.runs[0].stage]);
  if (changed !== version) {
    version = changed;
    if (select.value) {
      load(select.value);
    }
  }
}

/** Opens one. */
export function openProxy(name) {
  byId("proxy").value = name;
  load(name);
  byId("proxies").scrollIntoView({ block: "start" });
  byId("proxy").focus({ preventScroll: true });
}

async function load(name) {
  let answer = null;
  if (name) {
    try {
      answer = await ask(`/api/proxies/${encodeURIComponent(name)}`);
    } catch (refused) {
      answer = { resources: [], error: refused.message };
    }
  }
  if (byId("proxy").value === name) {
    known = answer;
    show();
  }
}

function show() {
  const resources = byId("resources");
  const found = byId("found");
  if (!known) {
    resources.replaceChildren();
    found.textContent = "";
    return;
  }
  const sought = byId("search").value.trim().toLowerCase();
  const hits = known.resources.filter((resource) => !sought || JSON.stringify(resource).toLowerCase().includes(sought));
  const open = new Set([...resources.querySelectorAll("details[open]")].map((details) => details.dataset.name));
  resources.replaceChildren(...hits.map((resource) => element(resource, open, sought)));
  // What is sought is seen at once, in each that is open.
  resources.querySelectorAll("details[open] pre").forEach(showFirst);
  found.textContent = known.error ?? `${hits.length} of ${known.resources.length} resources`;
}

function showFirst(pre) {
  const first = pre.querySelector("mark");
  if (first) {
    pre.scrollTop = Math.max(0, first.offsetTop - pre.offsetTop - pre.clientHeight / 3);
  }
}

function element(resource, open, sought) {
  const { type, name, rule, addresses, given, reported } = resource;
  const key = `${type} ${name}`;
  const same = JSON.stringify(sorted(given)) === JSON.stringify(sorted(reported));
  const details = html("details", { "data-name": key, open: open.has(key) });
  details.addEventListener("toggle", () => details.querySelectorAll("pre").forEach(showFirst));
  const verdict = !given ? "not given: the Envoy’s own" : !reported ? "not reported by the Envoy" : same ? "reported the same" : "reported with differences";
  details.append(
    html("summary", {}, html("span", { class: "type" }, type), " ", html("b", {}, name), html("span", { class: "verdict" }, verdict)),
    rule ? html("p", { class: "rule" }, html("b", {}, "Rule: "), rule) : "",
    addresses.length ? html("p", {}, html("b", {}, "Addresses now: "), addresses.join(", ")) : "",
    html(
      "div",
      { class: "two" },
      given ? source(same ? "As the translator gave it, and as the Envoy reports it" : "As the translator gave it", given, sought) : null,
      reported && !same ? source("As the Envoy reports it", reported, sought) : null,
    ),
  );
  return details;
}

function source(title, json, sought) {
  const text = JSON.stringify(json, null, 2);
  const pre = html("pre", { tabindex: 0, role: "group", "aria-label": title });
  if (sought) {
    let from = 0;
    for (let at = text.toLowerCase().indexOf(sought); at >= 0; at = text.toLowerCase().indexOf(sought, from)) {
      pre.append(text.slice(from, at), html("mark", {}, text.slice(at, at + sought.length)));
      from = at + sought.length;
    }
    pre.append(text.slice(from));
  } else {
    pre.textContent = text;
  }
  return html("div", {}, html("h3", {}, title), pre);
}

/** JSON whose fields are in one order, to be compared. */
function sorted(value) {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
  }
  return value;
}
