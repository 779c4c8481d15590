// What the page says, and how it reads the JSON of docs/json.md.

const WORDS = { "service-discovery": "discovery", listener: "listener", application: "application" };

export const FAMILIES = ["IPv4", "IPv6"];

/** What a node sends enters through no gateway, and so is made once. */
export function entryOf(route, entry) {
  return route.viaIpv6 ? entry : "IPv4";
}

/** Who takes a request first. */
export function sender(route) {
  return route.gateway ? `gateway/${route.gateway}` : `node/${route.from}`;
}

/** What a request gave through the gateway's address of a family. */
export function observed(route, entry) {
  return (entry === "IPv4" ? route.observed : route.viaIpv6) ?? {};
}

/** What it should have given. */
export function expected(route, entry) {
  return entry === "IPv4" ? route.expected : route.viaIpv6.expected;
}

export function matches(route, entry) {
  const is = observed(route, entry);
  const should = expected(route, entry);
  return !is.problem && is.outcome === should.outcome && (is.cause ?? null) === (should.causes[0] ?? null);
}

/** What was answered, or why nothing was, in a word. */
export function was(route, entry) {
  const is = observed(route, entry);
  return is.problem ? "broken" : (WORDS[is.cause] ?? is.outcome);
}

function should(route, entry) {
  const { outcome, causes } = expected(route, entry);
  return WORDS[causes[0]] ?? outcome;
}

export function succeeded(route, entry) {
  return observed(route, entry).outcome !== "error";
}

/** A cell of the table: its kind and its text. */
export function cell(route, entry) {
  if (entryOf(route, entry) !== entry) {
    return { kind: "", text: "-" };
  }
  if (!matches(route, entry)) {
    return { kind: "differs", text: `${was(route, entry)}, not ${should(route, entry)}` };
  }
  return { kind: succeeded(route, entry) ? "ok" : "error", text: should(route, entry) };
}

/** Why a request gives what it gives, in sentences. */
export function why(route, entry) {
  const { explanation } = expected(route, entry);
  if (matches(route, entry)) {
    return explanation;
  }
  return (
    observed(route, entry).problem ??
    `observed ${was(route, entry)}, expected ${should(route, entry)}. ${explanation}`
  );
}

export function whyBoth(route) {
  const [ipv4, ipv6] = FAMILIES.map((entry) => why(route, entryOf(route, entry)));
  return ipv4 === ipv6 ? ipv4 : `${ipv4} Through IPv6: ${ipv6}`;
}

export function healthy(route) {
  return route.healthy === null || route.healthy === undefined ? "not checked" : route.healthy ? "yes" : "no";
}

/** The requests of a state, each with what it is called. */
export function routesOf(state) {
  return state.runs[0].routes.map((route, i) => ({ ...route, name: state.requests[i] }));
}

/** What is shown, which {@link stageOf} names. */
export function whatOf({ variant, stage }) {
  return variant ? `Variant ${variant}, stage` : stage ? "Stage" : "Mesh";
}

export function stageOf(run) {
  return run.stage ?? run.mesh;
}

export function seconds(millis) {
  return `${(millis / 1000).toFixed(2)} s`;
}
