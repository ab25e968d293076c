import type { Page } from "@playwright/test";
import { expect, test } from "./fixture";
import { makeApp } from "./people";

// The browser notes by itself what it could not fetch.
test.use({ expectedNoise: [/ERR_FAILED|Failed to fetch/] });

/** The code of the pages about people. */
const SHARING = /\/pkg\/.*\/split_sharing\.wasm/;

const heading = (page: Page) => page.getByRole("heading", { level: 1 });

test("a page whose code does not arrive stays as the server made it", async ({ page }) => {
  const app = await makeApp(page);
  await page.route(SHARING, (route) => route.abort());
  const asked = page.waitForEvent("requestfailed", (request) => SHARING.test(request.url()));
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
  await page.route(SHARING, (route) => route.abort());
  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Collaborators" }).click();
  await expect(heading(page)).toHaveText("This page did not arrive");
  await axe();
  await page.unroute(SHARING);
  await page.getByRole("link", { name: "Open the page again" }).click();
  await expect(heading(page)).toHaveText("Collaborators");
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
});
