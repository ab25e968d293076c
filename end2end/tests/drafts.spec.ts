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
  const box = page.locator("rect.is-new");
  await expect(box).toBeFocused();
  release();
  await expect(page.getByRole("list", { name: "Concepts of the whole input" })).toContainText("roundabout");
  await expect(box).toBeVisible();
});

test("a box that is begun before the one that was saved is shown stays", async ({ page }) => {
  const app = await makeApp(page);
  await page.goto(`${app}/inputs`);
  await page.getByLabel("Pictures and texts").setInputFiles(join(DEMO, "roundabout-late-afternoon.jpg"));
  await page.getByRole("link", { name: "roundabout-late-afternoon" }).click();
  await atRest(page);
  await page.locator("#new-box").click();
  await page.locator(".draft").getByLabel("Concept").fill("roundabout");
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/inputs/get", async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest("**/api/inputs/get");
  await page.locator(".draft").getByRole("button", { name: "Save" }).click();
  await asked;
  await page.locator("#new-box").click();
  await page.locator("rect.is-new").press("ArrowLeft");
  release();
  await expect(page.getByRole("button", { name: "roundabout, by Grace Hopper" })).toBeVisible();
  await expect(page.locator("rect.is-new")).toBeVisible();
});
