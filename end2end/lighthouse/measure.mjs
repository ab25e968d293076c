// Measures one page with Lighthouse, in a browser of its own, and prints the medians as JSON.
//
// usage: node measure.mjs <address> [cookie]
import lighthouse from "lighthouse";
import { launch } from "chrome-launcher";

const TIMES = 3;
const [address, cookie] = process.argv.slice(2);

const flags = [
  "--headless=new",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];
// As root, as in a container, the browser cannot make its sandbox.
if (process.getuid() === 0) flags.push("--no-sandbox");

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function measured() {
  const chrome = await launch({ chromePath: process.env.CHROMIUM ?? "/usr/bin/chromium", chromeFlags: flags });
  try {
    const { lhr } = await lighthouse(address, {
      port: chrome.port,
      onlyCategories: ["performance", "accessibility", "best-practices"],
      extraHeaders: cookie ? { Cookie: cookie } : undefined,
      logLevel: "error",
    });
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    if (new URL(lhr.finalDisplayedUrl).pathname !== new URL(address).pathname) {
      throw new Error(`${address} led to ${lhr.finalDisplayedUrl}`);
    }
    return lhr;
  } finally {
    chrome.kill();
  }
}

// A trace that was not recorded measures nothing; Lighthouse itself says to run it again.
const NOT_RECORDED = /\(NO_NAVSTART\)/;

async function measuredAgain(tries = 3) {
  try {
    return await measured();
  } catch (error) {
    if (tries === 1 || !NOT_RECORDED.test(error.message)) throw error;
    return measuredAgain(tries - 1);
  }
}

const runs = [];
for (let time = 0; time < TIMES; time++) runs.push(await measuredAgain());
for (const run of runs.slice(0, 1)) {
  for (const audit of Object.values(run.audits)) {
    if (audit.score !== null && audit.score < 0.9) console.error(`  ${audit.id}: ${audit.displayValue ?? audit.title}`);
  }
}
const score = (category) => String(Math.round(100 * median(runs.map((run) => run.categories[category].score))));
const numeric = (audit) => median(runs.map((run) => run.audits[audit].numericValue));
const seconds = (audit) => `${(numeric(audit) / 1000).toFixed(1)} s`;
const result = {
  performance: score("performance"),
  accessibility: score("accessibility"),
  bestPractices: score("best-practices"),
  paint: seconds("first-contentful-paint"),
  interactive: seconds("interactive"),
  bytes: `${Math.round(numeric("total-byte-weight") / 1000)} kB`,
};
console.log(JSON.stringify(result));
