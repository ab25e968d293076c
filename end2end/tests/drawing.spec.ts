import { join } from "node:path";
import { DEMO } from "./files";
import { expect, hydrated, test } from "./fixture";
import { addByPage, makeAccount, makeApp, openAs } from "./people";
import { picture } from "./pictures";
import type { Locator, Page } from "@playwright/test";

// What is not got through and what is refused leaves a note of the browser.
test.use({ expectedNoise: [/status of (409|422)|ERR_INTERNET_DISCONNECTED/] });

/** Makes an app with one picture or text, two concepts and a task of that kind for a worker and a reviewer. */
async function makeTask(page: Page, kind: RegExp, file: string) {
  const app = await makeApp(page);
  const [worker, reviewer] = [makeAccount("Bo Worker"), makeAccount("Di Reviewer")];
  await addByPage(page, app, worker, /^Worker/);
  await addByPage(page, app, reviewer, /^Reviewer/);
  await page.goto(`${app}/inputs`);
  await hydrated(page);
  await page.getByLabel("Pictures and texts").setInputFiles(join(DEMO, file));
  await expect(page.getByRole("status")).toContainText("1 of 1 added.");
  await page.goto(`${app}/concepts`);
  for (const name of ["Stop", "Yield"]) {
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Add the concept" }).click();
    await expect(page.getByRole("row").filter({ hasText: name })).toBeVisible();
  }
  await page.goto(`${app}/tasks/new`);
  await hydrated(page);
  await page.getByLabel("Name", { exact: true }).fill("Signs");
  await page.getByRole("radio", { name: kind }).check();
  await page.getByRole("group", { name: "Labellers" }).getByLabel("Bo Worker").check();
  await page.getByLabel("Reviewers", { exact: true }).check();
  await page.getByRole("group", { name: "Review" }).getByLabel("Di Reviewer").check();
  await page.getByRole("button", { name: "Make the task" }).click();
  await expect(page).toHaveURL(`${app}/tasks/signs`);
  return { task: `${app}/tasks/signs`, worker, reviewer };
}

/** The regions beside the picture, by name. */
const drawn = (page: Page): Locator => page.locator(".drawn-list .drawn-name .swatched");

/** Goes to a spot of the drawing, given in hundredths of its width and height. */
async function spot(page: Page, col: number, row: number): Promise<[number, number]> {
  const area = await page.locator(".canvas-drawing").boundingBox();
  if (!area) throw new Error("there is no drawing");
  return [area.x + (area.width * col) / 100, area.y + (area.height * row) / 100];
}

async function pull(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  await page.mouse.move(...(await spot(page, ...from)));
  await page.mouse.down();
  await page.mouse.move(...(await spot(page, (from[0] + to[0]) / 2, (from[1] + to[1]) / 2)));
  await page.mouse.move(...(await spot(page, ...to)));
  await page.mouse.up();
}

test("boxes are drawn, kept, submitted, given back and mended", async ({ page, another, axe }) => {
  const { task, worker, reviewer } = await makeTask(page, /^Draw boxes/, "stop-sign-in-the-village.jpg");
  const bo = await another();
  await openAs(bo, worker, `${task}/label`);
  await axe(bo);

  // By the mouse, and then another concept by its key.
  await pull(bo, [10, 10], [30, 40]);
  await expect(drawn(bo)).toHaveText(["Stop"]);
  await bo.keyboard.press("2");
  await expect(drawn(bo)).toHaveText(["Yield"]);
  await expect(bo.getByRole("radio", { name: /^Yield/ })).toBeChecked();
  await pull(bo, [50, 50], [70, 80]);
  await expect(drawn(bo)).toHaveText(["Yield", "Yield"]);

  // There and back.
  await bo.keyboard.press("Control+z");
  await bo.keyboard.press("Control+z");
  await expect(drawn(bo)).toHaveText(["Stop"]);
  await bo.keyboard.press("Control+Shift+z");
  await bo.keyboard.press("Control+Shift+z");
  await expect(drawn(bo)).toHaveText(["Yield", "Yield"]);

  // A corner is led, and what is taken up moved, by the mouse and by keys.
  const box = bo.locator(".drawn.is-chosen rect");
  const near = async (name: string, expected: number) =>
    expect.poll(async () => parseFloat((await box.getAttribute(name)) ?? "")).toBeCloseTo(expected, 0);
  await bo.keyboard.press("n");
  await near("x", 10);
  await pull(bo, [30, 40], [35, 45]);
  await near("width", 25);
  await near("height", 35);
  await pull(bo, [20, 20], [30, 20]);
  await near("x", 20);
  await bo.keyboard.press("ArrowRight");
  await near("x", 21);
  await bo.keyboard.press("Shift+ArrowDown");
  await near("height", 36);
  await picture(bo, "drawing");

  // Larger: what is under the pointer stays there, and drawing goes on.
  const width = async () => (await bo.locator(".canvas-sheet").boundingBox())?.width ?? 0;
  const before = await width();
  await bo.keyboard.press("+");
  await expect.poll(width).toBeCloseTo(before * 1.25, -1);
  await axe(bo);
  await bo.keyboard.press("0");
  await expect.poll(width).toBeCloseTo(before, -1);

  // Nothing is lost by a reload, and nothing without a connection.
  await expect(bo.getByText("Kept in this browser")).toBeVisible();
  await bo.reload();
  await hydrated(bo);
  await expect(drawn(bo)).toHaveText(["Yield", "Yield"]);
  await bo.context().setOffline(true);
  await bo.getByRole("button", { name: "Submit" }).click();
  await expect(bo.getByText("No connection.")).toBeVisible();
  // The page is opened anew before anything could be tried again: what waits goes as it was drawn.
  await bo.goto("about:blank");
  await bo.context().setOffline(false);
  await bo.goto(`${task}/label`);
  await expect(bo.getByRole("heading", { name: "Nothing to label" })).toBeVisible();

  // The reviewer sees them and draws none.
  const di = await another();
  await openAs(di, reviewer, `${task}/review`);
  await axe(di);
  await expect(drawn(di)).toHaveText(["Yield", "Yield"]);
  await expect(di.locator(".canvas-drawing rect")).toHaveCount(2);
  await pull(di, [80, 10], [90, 20]);
  await expect(di.locator(".canvas-drawing rect")).toHaveCount(2);
  await di.getByLabel("Remark").fill("One is enough.");
  await di.getByRole("button", { name: "Ask for changes" }).click();
  await expect(di.getByRole("heading", { name: "Nothing to review" })).toBeVisible();

  // A worker may delete nothing, and changes their mind all the same.
  await bo.goto(`${task}/label`);
  await hydrated(bo);
  await expect(bo.getByText("One is enough.")).toBeVisible();
  await expect(drawn(bo)).toHaveText(["Yield", "Yield"]);
  await bo.keyboard.press("p");
  await bo.keyboard.press("Delete");
  await expect(drawn(bo)).toHaveText(["Yield"]);
  await bo.keyboard.press("n");
  await bo.keyboard.press("1");
  await expect(drawn(bo)).toHaveText(["Stop"]);
  await bo.keyboard.press("Enter");
  await expect(bo.getByRole("heading", { name: "Nothing to label" })).toBeVisible();
  await di.goto(`${task}/review`);
  await hydrated(di);
  await expect(drawn(di)).toHaveText(["Stop"]);
  await di.getByRole("button", { name: "Approve" }).click();
  await expect(di.getByRole("heading", { name: "Nothing to review" })).toBeVisible();
});

test("outlines are drawn corner by corner, and without a mouse", async ({ page, another }) => {
  const { task, worker, reviewer } = await makeTask(page, /^Draw outlines/, "roundabout-late-afternoon.jpg");
  const bo = await another();
  await openAs(bo, worker, `${task}/label`);
  for (const corner of [[20, 20], [40, 20], [40, 50], [20, 50]] as const) {
    await bo.mouse.click(...(await spot(bo, ...corner)));
  }
  await bo.keyboard.press("Backspace");
  await bo.mouse.click(...(await spot(bo, 20, 20)));
  await expect(drawn(bo)).toHaveText(["Stop"]);
  await expect(bo.locator(".drawn.is-chosen .handle")).toHaveCount(3);
  await bo.getByRole("button", { name: "New outline" }).press("Enter");
  await expect(drawn(bo)).toHaveText(["Stop", "Stop"]);
  await expect(bo.locator(".canvas-drawing")).toBeFocused();
  await bo.keyboard.press("ArrowLeft");
  // A corner by keys alone.
  const outline = bo.locator(".drawn.is-chosen polygon");
  const before = await outline.getAttribute("points");
  await bo.keyboard.press("c");
  await bo.keyboard.press("c");
  await expect(bo.locator(".handle.is-led")).toHaveCount(1);
  await bo.keyboard.press("ArrowUp");
  const corners = (text: string | null) => (text ?? "").split(" ");
  await expect.poll(async () => {
    const after = corners(await outline.getAttribute("points"));
    return after.map((corner, place) => corner !== corners(before)[place]);
  }).toEqual([false, true, false, false]);
  await bo.keyboard.press("Escape");
  // What is not closed yet is closed by submitting.
  for (const corner of [[70, 70], [90, 70], [80, 90]] as const) {
    await bo.mouse.click(...(await spot(bo, ...corner)));
  }
  await expect(drawn(bo)).toHaveCount(2);
  await bo.getByRole("button", { name: "Submit" }).click();
  await expect(bo.getByRole("heading", { name: "Nothing to label" })).toBeVisible();
  const di = await another();
  await openAs(di, reviewer, `${task}/review`);
  await expect(drawn(di)).toHaveText(["Stop", "Stop", "Stop"]);
});

test("words of a text are marked", async ({ page, another, axe }) => {
  const { task, worker, reviewer } = await makeTask(page, /^Mark parts of texts/, "how-we-count.txt");
  const bo = await another();
  await openAs(bo, worker, `${task}/label`);
  await axe(bo);
  await bo.getByLabel("Words of the text").fill("sign");
  await bo.getByRole("button", { name: "Mark the next" }).click();
  await expect(bo.locator("mark.span")).toHaveText(["sign"]);
  await expect(bo.locator(".drawn-words")).toHaveText(["sign"]);
  await bo.getByRole("button", { name: "Mark the next" }).click();
  await expect(bo.locator("mark.span")).toHaveText(["sign", "sign"]);
  await axe(bo);
  await bo.getByRole("button", { name: "Submit" }).click();
  await expect(bo.getByRole("heading", { name: "Nothing to label" })).toBeVisible();
  const di = await another();
  await openAs(di, reviewer, `${task}/review`);
  await axe(di);
  await expect(di.locator("mark.span")).toHaveText(["sign", "sign"]);
});

/** Makes an app with a picture, and opens the picture's page. */
async function openPicture(page: Page): Promise<string> {
  const app = await makeApp(page);
  await page.goto(`${app}/inputs`);
  await hydrated(page);
  await page.getByLabel("Pictures and texts").setInputFiles(join(DEMO, "roundabout-late-afternoon.jpg"));
  await page.getByRole("link", { name: "roundabout-late-afternoon" }).click();
  await expect(page.locator(".canvas-drawing")).toBeVisible();
  return `${app}/inputs/roundabout-late-afternoon`;
}

/** The regions of an input, by what is said of them. */
const said = (page: Page): Locator => page.locator(".mark .swatched");

/** Says what is in the region that was drawn. */
async function names(page: Page, concept: string): Promise<void> {
  await expect(page.locator(".naming").getByLabel("Concept")).toBeFocused();
  await page.keyboard.type(concept);
  await page.keyboard.press("Enter");
  await expect(page.locator(".naming")).toBeHidden();
}

const saved = (page: Page) => expect(page.getByText("All of it is saved.")).toBeVisible();

test("on its page an input is outlined and pointed at, and each region is saved by itself", async ({ page, axe }) => {
  const input = await openPicture(page);
  await page.getByRole("button", { name: "Outlines" }).click();
  for (const corner of [[20, 20], [40, 20], [40, 50], [20, 50], [20, 20]] as const) {
    await page.mouse.click(...(await spot(page, ...corner)));
  }
  await names(page, "island");
  await saved(page);
  await page.keyboard.press("d");
  await page.mouse.click(...(await spot(page, 70, 30)));
  await names(page, "lamp");
  await expect(said(page)).toHaveText(["island", "lamp"]);
  await saved(page);
  await axe();
  await page.reload();
  await hydrated(page);
  await expect(said(page)).toHaveText(["island", "lamp"]);
  await expect(page.locator(".drawn polygon")).toHaveCount(1);
  await expect(page.locator(".drawn .spot")).toHaveCount(1);

  // A corner is led, and the change saved; there and back.
  await page.locator("#canvas-drawing").focus();
  await page.keyboard.press("n");
  await page.keyboard.press("c");
  await page.keyboard.press("ArrowLeft");
  await saved(page);
  const corners = () => page.locator(".drawn polygon").getAttribute("points");
  const led = await corners();
  await page.reload();
  await hydrated(page);
  await expect.poll(corners).toBe(led);
  await page.locator("#canvas-drawing").focus();
  await page.keyboard.press("n");
  await page.keyboard.press("Delete");
  await expect(said(page)).toHaveText(["lamp"]);
  await saved(page);
  await page.keyboard.press("Control+z");
  await expect(said(page)).toHaveText(["island", "lamp"]);
  await saved(page);
  await page.keyboard.press("Control+Shift+z");
  await expect(said(page)).toHaveText(["lamp"]);
  await saved(page);
  await page.goto(input);
  await expect(said(page)).toHaveText(["lamp"]);
});

/** Lets nothing through that changes annotations, and is told by nobody when it does again: a page that is about to be
 * left would send what it has once it heard of a connection. */
async function cutOff(page: Page): Promise<() => Promise<void>> {
  const changes = "**/api/annotations/*";
  await page.context().route(changes, (route) => route.abort("internetdisconnected"));
  return () => page.context().unroute(changes);
}

test("what is drawn on a page without a connection is saved once there is one", async ({ page }) => {
  const input = await openPicture(page);
  await page.context().setOffline(true);
  await pull(page, [10, 10], [30, 40]);
  await names(page, "kerb");
  await expect(page.getByText("No connection. It is kept in this browser")).toBeVisible();
  await expect(page.locator(".mark").first()).toContainText("Not saved yet: no connection.");
  await page.context().setOffline(false);
  await saved(page);

  // The page is opened anew before anything could be tried again.
  const restore = await cutOff(page);
  await pull(page, [50, 10], [70, 40]);
  await names(page, "lamp");
  await expect(page.getByText("No connection. It is kept in this browser")).toBeVisible();
  await page.goto("about:blank");
  await restore();
  await page.goto(input);
  await saved(page);
  await expect(said(page)).toHaveText(["kerb", "lamp"]);
  await page.reload();
  await expect(said(page)).toHaveText(["kerb", "lamp"]);
  await expect(page.locator(".mark").nth(1)).toContainText("Grace Hopper");
});

test("what was changed on both sides is decided by whoever drew", async ({ page, another }) => {
  const input = await openPicture(page);
  for (const [name, left] of [["one", 10], ["two", 40], ["three", 70]] as const) {
    await pull(page, [left, 10], [left + 20, 40]);
    await names(page, name);
  }
  await saved(page);
  // The same person at another computer.
  const other = await another();
  await other.context().addCookies(await page.context().cookies());
  await other.goto(input);
  await hydrated(other);
  await expect(said(other)).toHaveText(["one", "two", "three"]);

  // Nothing of the first page gets through while the other moves the first, and deletes the second and the third.
  const restore = await cutOff(page);
  const at = (on: Page, place: number) => on.locator(".mark").nth(place).getByRole("button").first();
  for (const place of [0, 1]) {
    await at(page, place).click();
    await page.locator("#canvas-drawing").focus();
    await page.keyboard.press("ArrowDown");
  }
  await at(page, 2).click();
  await page.locator("#canvas-drawing").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  await expect(page.getByText("No connection.").first()).toBeVisible();
  await page.goto("about:blank");
  await restore();
  await at(other, 0).click();
  await other.locator("#canvas-drawing").focus();
  for (let step = 0; step < 5; step += 1) await other.keyboard.press("ArrowRight");
  await saved(other);
  for (const name of ["two", "three"]) {
    await other.getByRole("button", { name: `Remove ${name}` }).click();
    await saved(other);
  }

  await page.goto(input);
  await hydrated(page);
  const conflict = (name: string) => page.locator(".conflict").filter({ hasText: name });
  await expect(page.locator(".conflict")).toHaveCount(3);
  await expect(conflict("one")).toContainText("was changed here and elsewhere");
  await conflict("one").getByRole("button", { name: "Take theirs" }).click();
  await conflict("two").getByRole("button", { name: "Keep mine" }).click();
  await conflict("three").getByRole("button", { name: "Let it go" }).click();
  await expect(page.locator(".conflict")).toHaveCount(0);
  await saved(page);
  await page.reload();
  await expect(said(page)).toHaveText(["one", "two"]);
  await expect(at(page, 0)).toHaveAccessibleName(/15 % from the left, 10 % from the top/);
  await expect(at(page, 1)).toHaveAccessibleName(/40 % from the left, 11 % from the top/);
});
