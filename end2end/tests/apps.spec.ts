import type { Page } from "@playwright/test";
import { expect, test } from "./fixture";
import { signIn, signInAt, signUp } from "./people";

/** The whole life of an app, by nothing but links and forms. */
async function liveThrough(page: Page, after: () => Promise<void>): Promise<void> {
  await signInAt(page, "/apps");
  await expect(page.getByRole("heading", { name: "No app of yours yet" })).toBeVisible();
  await after();

  await page.getByRole("link", { name: "New app" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Birds of Prey");
  await page.getByRole("button", { name: "Make the app" }).click();
  await expect(page).toHaveURL(/\/birds-of-prey$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Birds of Prey");
  await after();

  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Short name").fill("raptors");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/\/raptors\/settings$/);
  await after();

  await page.getByLabel("Type raptors to confirm").fill("birds");
  await page.getByRole("button", { name: "Delete this app" }).click();
  await expect(page.getByRole("alert")).toContainText("One thing needs your attention.");
  await page.getByLabel("Type raptors to confirm").fill("raptors");
  await page.getByRole("button", { name: "Delete this app" }).click();
  await expect(page).toHaveURL("/apps");

  await page.getByRole("button", { name: "Restore Birds of Prey" }).click();
  await expect(page.getByRole("link", { name: "Birds of Prey" })).toBeVisible();
  await after();
}

test.describe("an app", () => {
  test.use({ expectedNoise: [/status of 422/] });

  test("is made, moved, deleted and restored", async ({ page, axe }) => {
    await liveThrough(page, axe);
  });

  test.describe("without JavaScript", () => {
    test.use({ javaScriptEnabled: false });

    test("is made, moved, deleted and restored", async ({ page }) => {
      await liveThrough(page, async () => {});
    });
  });
});

test("an account has its name, addresses and sessions", async ({ page, axe }) => {
  await signInAt(page, "/account");
  await page.getByLabel("Name", { exact: true }).fill("Rear Admiral Hopper");
  await page.getByRole("button", { name: "Save the name" }).click();
  await expect(page.getByRole("button", { name: /Account of Rear Admiral Hopper/ })).toBeVisible();

  await page.getByLabel("Another address").fill(`spare-${crypto.randomUUID()}@example.org`);
  await page.getByRole("button", { name: "Add the address" }).click();
  await page.getByRole("button", { name: /Remove spare/ }).click();
  await expect(page.getByRole("button", { name: /Remove spare/ })).toHaveCount(0);
  await axe();

  await page.getByRole("button", { name: /Account of/ }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/");
});

test.describe("an app that is not there", () => {
  test.use({ expectedNoise: [/status of 404/] });

  test("is not found, whether it never was or is not shared", async ({ page }) => {
    await signInAt(page, "/apps");
    const answer = await page.goto("/nobody/nothing");
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
  });
});

test("signing in leads to no other site", async ({ page }) => {
  const email = await signUp(page);
  await page.goto("/sign-in?next=%2F%2Fexample.org");
  await signIn(page, email);
  await expect(page).toHaveURL("/apps");
});
