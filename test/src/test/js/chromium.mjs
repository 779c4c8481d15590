// The browser of the tests and of test/benchmarks/page.

import { execFileSync } from "node:child_process";
import chromium from "@sparticuz/chromium";
import puppeteer from "puppeteer-core";

// Without WebGL: what emulates it would keep the page from painting for a second, one second after it was opened.
chromium.setGraphicsMode = false;

// Made for scripts that read any site: here a page of another origin has to be refused as in anyone's browser.
const LAX = ["--disable-web-security", "--allow-running-insecure-content"];

/** The binary of the npm package, or where that does not run, the browser on PATH. */
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

export const launch = async () =>
  puppeteer.launch({
    executablePath: await executable(),
    args: chromium.args.filter((argument) => !LAX.includes(argument)),
    headless: "shell",
  });
