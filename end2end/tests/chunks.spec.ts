import type { Page } from "@playwright/test";
import { expect, test } from "./fixture";
import { makeApp } from "./people";

// The browser notes by itself what it could not fetch.
test.use({ expectedNoise: [/ERR_FAILED|Failed to fetch/] });

/** The code of the list of collaborators. */
const PEOPLE = /\/pkg\/.*\/split_people\.wasm/;

/** The code of what changes who may do what: dialogs over the list, and pages. */
const SHARING = /\/pkg\/.*\/split_sharing\.wasm/;

const heading = (page: Page) => page.getByRole("heading", { level: 1 });

test("a page whose code does not arrive stays as the server made it", async ({ page }) => {
  const app = await makeApp(page);
  await page.route(PEOPLE, (route) => route.abort());
  const asked = page.waitForEvent("requestfailed", (request) => PEOPLE.test(request.url()));
  await page.goto(`${app}/settings/collaborators`);
  await asked;
  await expect(heading(page)).toHaveText("Collaborators");
  // Its links are followed by the browser itself, and lead to pages whose code is there.
  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Inputs" }).click();
  await expect(heading(page)).toHaveText("Inputs");
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
});

test("a page that one is led to and whose code does not arrive says so, and offers itself again", async ({ page, axe }) => {
  await makeApp(page);
  await page.route(PEOPLE, (route) => route.abort());
  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Collaborators" }).click();
  await expect(heading(page)).toHaveText("This page did not arrive");
  await axe();
  await page.unroute(PEOPLE);
  await page.getByRole("link", { name: "Open the page again" }).click();
  await expect(heading(page)).toHaveText("Collaborators");
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
});

test("a dialog comes after the list that it opens over, and once somebody uses the page", async ({ page }) => {
  const app = await makeApp(page);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${app}/settings/collaborators`);
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  await page.evaluate(() => new Promise((idle) => requestIdleCallback(idle)));
  expect(asked.filter((path) => PEOPLE.test(path))).toHaveLength(1);
  expect(asked.filter((path) => SHARING.test(path))).toEqual([]);

  const arrived = page.waitForResponse(SHARING);
  await page.getByRole("heading", { level: 1 }).hover();
  await arrived;
  await page.getByRole("link", { name: "Add Collaborators" }).click();
  await expect(page.getByRole("dialog", { name: "Add collaborators to Street signs" })).toBeVisible();
  expect(asked.filter((path) => SHARING.test(path))).toHaveLength(1);
});

test("a dialog that is waited for says so, opens once, and gives the focus back", async ({ page }) => {
  const app = await makeApp(page);
  await page.goto(`${app}/settings/collaborators`);
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(SHARING, async (route) => {
    await held;
    await route.continue();
  });
  const opener = page.getByRole("link", { name: "Add Collaborators" });
  await opener.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Loading…")).toBeVisible();
  await page.keyboard.press("i");
  release();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toHaveCount(1);
  await expect(dialog.getByLabel("People")).toBeVisible();
  await expect(page.getByText("Loading…")).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test("where a dialog's code does not arrive, its page comes instead", async ({ page }) => {
  const app = await makeApp(page);
  await page.goto(`${app}/settings/collaborators`);
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  await page.route(SHARING, (route) => route.abort());
  await page.getByRole("link", { name: "Add Collaborators" }).click();
  await expect(page).toHaveURL(`${app}/settings/collaborators/add`);
  await expect(heading(page)).toHaveText("Add Collaborators");
  // As the server made it.
  await page.getByLabel("People").fill("cy@example.org");
  await page.getByRole("button", { name: /Confirm/ }).click();
  await expect(page.getByRole("row").filter({ hasText: "cy@example.org" })).toBeVisible();
});
