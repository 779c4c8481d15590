// A headless Chromium for tests: carries out one order a line (JSON) from standard input, and answers each with a line.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { execFileSync } from "node:child_process";
import chromium from "@sparticuz/chromium";
import puppeteer from "puppeteer-core";

const LIMIT = 20_000;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The browser of the npm package, or where its binary does not run, the one on PATH. */
async function executable() {
  try {
    const path = await chromium.executablePath();
    execFileSync(path, ["--version"], { stdio: "ignore" });
    return path;
  } catch {
    for (const name of ["chromium", "chromium-browser", "google-chrome", "chrome"]) {
      try {
        return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
      } catch {
        // The next one.
      }
    }
    throw new Error("no browser runs here: neither @sparticuz/chromium nor chromium or google-chrome on PATH");
  }
}

const browser = await puppeteer.launch({
  executablePath: await executable(),
  args: chromium.args.filter((argument) => argument !== "--disable-web-security"),
  headless: "shell",
});
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
  click: ({ page, selector }) => pages.get(page).page.click(selector),
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
