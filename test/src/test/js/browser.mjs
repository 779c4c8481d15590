// A headless Chromium for tests: carries out one order a line (JSON) from standard input, and answers each with a line.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { launch } from "./chromium.mjs";

const LIMIT = 20_000;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const browser = await launch();
const pages = new Map();

const orders = {
  async open({ page: name, url, width = 1280, height = 900, scheme = "light", javascript = true }) {
    const page = await browser.newPage();
    const log = { console: [], requests: [] };
    page.on("console", (message) => log.console.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => log.console.push(`error: ${error.message}`));
    page.on("request", (request) => log.requests.push(request.url()));
    await page.setJavaScriptEnabled(javascript);
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(url, { waitUntil: "load" });
    pages.set(name, { page, log });
  },
  evaluate: ({ page, script }) => pages.get(page).page.evaluate(script),
  async await({ page, script }) {
    await pages.get(page).page.waitForFunction(script, { timeout: LIMIT, polling: "raf" });
  },
  async press({ page, keys }) {
    for (const key of keys) {
      await pages.get(page).page.keyboard.press(key);
    }
  },
  // A picture that is drawn anew at that moment has another element there.
  click: ({ page, selector }) => pages.get(page).page.locator(selector).setTimeout(LIMIT).click(),
  async resize({ page, width, height, scheme = "light" }) {
    await pages.get(page).page.setViewport({ width, height });
    await pages.get(page).page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  },
  async screenshot({ page, file, whole = true }) {
    await pages.get(page).page.screenshot({ path: file, fullPage: whole });
  },
  async axe({ page }) {
    await pages.get(page).page.evaluate(axe);
    const { violations } = await pages.get(page).page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
  },
  log: ({ page }) => pages.get(page).log,
  async close({ page }) {
    await pages.get(page).page.close();
    pages.delete(page);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  try {
    const value = await orders[order.do](order);
    console.log(JSON.stringify({ value: value ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }));
  }
}
await browser.close();
