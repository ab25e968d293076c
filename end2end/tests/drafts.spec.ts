import { join } from "node:path";
import { DEMO } from "./files";
import { expect, test } from "./fixture";
import { atRest, makeApp } from "./people";

test("a box that is begun while the page is fetched anew stays", async ({ page }) => {
  const app = await makeApp(page);
  await page.goto(`${app}/inputs`);
  await page.getByLabel("Pictures and texts").setInputFiles(join(DEMO, "roundabout-late-afternoon.jpg"));
  await page.getByRole("link", { name: "roundabout-late-afternoon" }).click();
  await expect(page.getByLabel("Add a concept")).toBeVisible();
  await atRest(page);
  // The answer to what the page fetches after the concept is on its way when the box is begun.
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/inputs/get", async (route) => { await held; await route.continue(); });
  await page.getByLabel("Add a concept").fill("roundabout");
  const asked = page.waitForRequest("**/api/inputs/get");
  await page.keyboard.press("Enter");
  await asked;
  await page.getByRole("button", { name: "New box" }).click();
  const box = page.locator(".drawn.is-chosen rect");
  await expect(page.locator("#canvas-drawing")).toBeFocused();
  await expect(box).toBeVisible();
  release();
  await expect(page.getByRole("list", { name: "Concepts of the whole input" })).toContainText("roundabout");
  await expect(box).toBeVisible();
  await expect(page.locator("#canvas-drawing")).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(box).toHaveAttribute("x", "36.5%");
});

test("a box that is begun before the one that was saved is shown stays", async ({ page }) => {
  const app = await makeApp(page);
  await page.goto(`${app}/inputs`);
  await page.getByLabel("Pictures and texts").setInputFiles(join(DEMO, "roundabout-late-afternoon.jpg"));
  await page.getByRole("link", { name: "roundabout-late-afternoon" }).click();
  await atRest(page);
  await page.locator("#new-region").click();
  const first = page.getByRole("button", { name: /^roundabout, by Grace Hopper/ });
  const second = page.getByRole("button", { name: /^No concept yet/ });
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/inputs/get", async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest("**/api/inputs/get");
  await page.locator(".naming").getByLabel("Concept").fill("roundabout");
  await page.locator(".naming").getByRole("button", { name: "Save" }).click();
  await asked;
  await page.locator("#new-region").click();
  await page.keyboard.press("ArrowLeft");
  release();
  await atRest(page);
  await expect(first).toHaveCount(1);
  await expect(second).toBeVisible();
});
