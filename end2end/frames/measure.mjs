// Measures how smoothly the explorer scrolls and a large picture is drawn in, and prints it as JSON.
//
// usage: node measure.mjs <address of the app> <its address in the API> <cookie> <token>
import { chromium } from "@playwright/test";

const [app, api, cookie, token] = process.argv.slice(2);

/** Pictures that stand at the beginning of the explorer. */
const PICTURES = 200;
/** The picture that is drawn in: 12 megapixels. */
const LARGE = { width: 4000, height: 3000 };
const SHAPES = 300;
/** How many inputs are scrolled through, and how far with each turn of the wheel. */
const SCROLLED = 5_000;
const TURN = 240;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    ...(process.getuid() === 0 ? ["--no-sandbox"] : []),
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ],
});
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
await context.addCookies([{ name: "atelier", value: cookie, url: new URL("/", app).href }]);
const page = await context.newPage();

async function post(path, body) {
  const answer = await fetch(`${api}${path}`, {
    method: "POST",
    headers: { Authorization: `Key ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
}

/** A picture that compresses about as little as a photograph, as Base64. */
const picture = (width, height, number) =>
  page.evaluate(
    ([width, height, number]) => {
      const canvas = new OffscreenCanvas(width, height);
      const brush = canvas.getContext("2d");
      for (let spot = 0; spot < 2_000; spot += 1) {
        const at = (spot + 1) * (number + 7);
        brush.fillStyle = `hsl(${(at * 13) % 360} 60% ${20 + (at % 60)}%)`;
        brush.fillRect((at * 7919) % width, (at * 104729) % height, width / (4 + (at % 40)), height / (4 + (at % 31)));
      }
      return canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 }).then(
        (blob) =>
          new Promise((resolve) => {
            const reader = new FileReader();
            reader.onload = () => resolve(reader.result.split(",")[1]);
            reader.readAsDataURL(blob);
          }),
      );
    },
    [width, height, number],
  );

/** Notes each frame and each task of more than 50 ms from now on. */
const watch = () =>
  page.evaluate(() => {
    const seen = { frames: [], tasks: [] };
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.tasks.push(entry.duration);
    });
    observer.observe({ type: "longtask" });
    let last;
    const note = (now) => {
      if (last !== undefined) seen.frames.push(now - last);
      last = now;
      seen.asked = requestAnimationFrame(note);
    };
    seen.asked = requestAnimationFrame(note);
    seen.end = () => {
      cancelAnimationFrame(seen.asked);
      observer.disconnect();
    };
    window.seen = seen;
  });

/** What was noted since. */
async function noted() {
  const { frames, tasks } = await page.evaluate(() => {
    window.seen.end();
    return { frames: window.seen.frames, tasks: window.seen.tasks };
  });
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return {
    perSecond: (1000 * frames.length) / frames.reduce((sum, frame) => sum + frame, 0),
    p95: at(0.95),
    longest: at(1),
    longTasks: tasks.length,
    longestTask: Math.max(0, ...tasks),
  };
}

const hydrated = () => page.locator("html[data-hydrated]").waitFor({ state: "attached" });

async function scrolling(view) {
  await page.goto(`${app}/inputs${view}`);
  await hydrated();
  await page.locator("[data-place='10']").waitFor({ state: "attached" });
  await page.mouse.move(800, 600);
  await watch();
  let [place, nodes] = [0, 0];
  const until = Date.now() + 120_000;
  while (place < SCROLLED && Date.now() < until) {
    for (let turn = 0; turn < 10; turn += 1) {
      await page.mouse.wheel(0, TURN);
      await page.waitForTimeout(16);
    }
    const now = await page.evaluate(() => {
      const shown = [...document.querySelectorAll("[data-place]")];
      return [Math.max(...shown.map((card) => Number(card.dataset.place))), document.querySelectorAll("*").length];
    });
    [place, nodes] = [now[0], Math.max(nodes, now[1])];
  }
  return { ...(await noted()), place, nodes };
}

/** Where the middle of the drawing is that can be seen, and a spot beside it. */
async function drawing() {
  const area = await page.locator(".canvas-frame").boundingBox();
  return [area.x + area.width / 2, area.y + Math.min(area.height, 800 - area.y) / 2];
}

async function pull(button, steps, far) {
  const [x, y] = await drawing();
  await page.mouse.move(x, y);
  await page.mouse.down({ button });
  for (let step = 0; step < steps; step += 1) {
    await page.mouse.move(x + far * Math.sin(step / 12), y + far * Math.sin(step / 9));
    await page.waitForTimeout(8);
  }
  await page.mouse.up({ button });
}

async function measured(work) {
  await watch();
  await work();
  return noted();
}

await page.goto(`${app}/inputs`);
for (let number = 0; number < PICTURES; number += 20) {
  const inputs = [];
  for (let one = number; one < number + 20; one += 1) {
    inputs.push({ id: `picture-${one}`, data: { image: { base64: await picture(900, 600, one) } } });
  }
  await post("/inputs", { inputs });
}
const large = await picture(LARGE.width, LARGE.height, 1);
await post("/inputs", { inputs: [{ id: "large", data: { image: { base64: large } } }] });
for (let number = 0; number < SHAPES; number += 100) {
  const annotations = Array.from({ length: 100 }, (_, one) => {
    const [row, column] = [Math.floor((number + one) / 20) / 15, ((number + one) % 20) / 20];
    const box = { top_row: row + 0.01, left_col: column + 0.01, bottom_row: row + 0.05, right_col: column + 0.04 };
    const corners = [
      [0.01, 0.01],
      [0.05, 0.01],
      [0.06, 0.03],
      [0.03, 0.045],
      [0.005, 0.03],
    ].map(([down, across]) => ({ row: row + down, col: column + across }));
    const info = one % 2 ? { bounding_box: box } : { polygon: { points: corners } };
    const concepts = [{ id: `sign-${(number + one) % 20}`, value: 1 }];
    return { input_id: "large", data: { regions: [{ region_info: info, data: { concepts } }] } };
  });
  await post("/annotations", { annotations });
}

const [cards, rows] = [await scrolling(""), await scrolling("?view=list")];

await page.goto(`${app}/inputs/large`);
await hydrated();
await page.waitForFunction(() => document.querySelector(".canvas img")?.naturalWidth > 0);
const shapes = await page.locator(".drawn").count();
const draw = await measured(() => pull("left", 250, 200));
await page.keyboard.press("Escape");
await page.locator("#canvas-drawing").focus();
const zoom = await measured(async () => {
  await page.mouse.move(...(await drawing()));
  await page.keyboard.down("Control");
  for (const direction of [-1, 1, -1]) {
    for (let turn = 0; turn < 25; turn += 1) {
      await page.mouse.wheel(0, direction * 40);
      await page.waitForTimeout(24);
    }
  }
  await page.keyboard.up("Control");
});
const pan = await measured(() => pull("middle", 250, 200));
await browser.close();
console.log(JSON.stringify({ scrolling: { cards, rows }, drawing: { shapes, draw, zoom, pan } }));
