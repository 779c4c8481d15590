// Measures in a browser for test/benchmarks/page: a line for each value, its name and milliseconds.

import { launch } from "../src/test/js/chromium.mjs";

const [url, runs] = process.argv.slice(2);
const browser = await launch();
const page = await browser.newPage();
await page.setViewport({ width: 1280, height: 900 });
await page.goto(url);
await page.waitForSelector("#canvas svg");

/** Clicks, and tells when the answer and the painted picture are there. */
const click = (stage) =>
  page.evaluate(async (stage) => {
    const painted = new Promise((resolve) => {
      const seen = () =>
        document.getElementById("stage").textContent === stage
          ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
          : requestAnimationFrame(seen);
      seen();
    });
    const start = performance.now();
    document.querySelector(`button[data-stage=${stage}]`).click();
    const end = await painted;
    let answer;
    while (!(answer = performance.getEntriesByType("resource").filter((e) => e.name.endsWith("/api/stage")).at(-1)) || answer.startTime < start || !answer.responseEnd) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const { converged } = { converged: (await (await fetch("/api/state")).json()).runs[0].convergedMillis };
    return { answered: answer.responseEnd - start, painted: end - start, converged };
  }, stage);

for (let run = 0; run < Number(runs); run++) {
  for (const stage of ["v6_only", "v4_preferred", "v6_preferred", "override", "custom", "none", "v4_only"]) {
    const { answered, painted, converged } = await click(stage);
    console.log(`acknowledged ${converged}`);
    console.log(`switch ${answered}`);
    console.log(`picture ${painted}`);
    console.log(`more ${painted - answered}`);
  }
}

/** A mesh of many nodes, as the server would tell of it, drawn in a page of its own. */
async function large(count) {
  return page.evaluate(async (count) => {
    const { showPicture } = await import("page/picture");
    const { showTable } = await import("page/table");
    const small = await (await fetch("/api/state")).json();
    const route = small.runs[0].routes[0];
    const kinds = { envoy: small.topology.nodes.find((n) => n.kind === "envoy"), application: small.topology.nodes.find((n) => n.kind === "application") };
    const gateway = small.topology.nodes.find((n) => n.kind === "gateway");
    const names = Array.from({ length: count }, (_, i) => `node-${i}`);
    const state = (failing) => ({
      ...small,
      requests: names.map((name) => `/${name}`),
      runs: [{ ...small.runs[0], routes: names.map((node, i) => ({ ...route, node, path: `/${node}`, observed: i % 2 === failing ? { outcome: "error", cause: "application", status: 503, body: "" } : { outcome: "red", cause: null, status: 200, body: "red" } })) }],
      topology: {
        nodes: [small.topology.nodes[0], gateway, ...names.flatMap((name) => [{ ...kinds.envoy, id: `node/${name}`, name }, { ...kinds.application, id: `application/${name}`, name }])],
        edges: [{ from: "client", to: gateway.id }, ...names.flatMap((name) => [{ from: gateway.id, to: `node/${name}`, addresses: [], families: [] }, { from: `node/${name}`, to: `application/${name}`, addresses: [], families: [] }])],
      },
    });
    const timed = async (one) => {
      const start = performance.now();
      showPicture(one);
      showTable(one);
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      return performance.now() - start;
    };
    const layout = await timed(state(0));
    const updates = [];
    for (let i = 0; i < 5; i++) {
      updates.push(await timed(state((i + 1) % 2)));
    }
    return { layout, updates };
  }, count);
}

for (let run = 0; run < Number(runs); run++) {
  await page.reload();
  await page.waitForSelector("#canvas svg");
  const { layout, updates } = await large(200);
  console.log(`layout ${layout}`);
  updates.forEach((update) => console.log(`update ${update}`));
}
await browser.close();
