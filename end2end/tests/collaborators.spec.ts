import type { Page } from "@playwright/test";
import { expect, test } from "./fixture";

/** A malformed address, and one that stands there twice. */
const WRONG = "nobody, cy@example.org, cy@example.org";
const PASSWORD = "nine calm herons wade at dawn";

/** Makes an account of its own for a test, and signs in at `path`. */
async function signInAnew(page: Page, path: string): Promise<void> {
  const email = `finch-${crypto.randomUUID()}@example.org`;
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill("Grace Hopper");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Look into your mail");
  await page.goto(path);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(path);
}

/** Makes an app and opens its collaborators. */
async function openCollaborators(page: Page): Promise<void> {
  await signInAnew(page, "/apps/new");
  await page.getByLabel("Name", { exact: true }).fill("Street signs");
  await page.getByRole("button", { name: "Make the app" }).click();
  await expect(page).toHaveURL(/\/street-signs$/);
  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Collaborators" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Collaborators");
}

// The browser notes every answer above 399 by itself.
test.use({ expectedNoise: [/status of 422/] });

test("invites a worker, and takes the invitation back", async ({ page, axe }) => {
  await openCollaborators(page);
  await expect(page.getByRole("heading", { name: "Nobody else works here yet" })).toBeVisible();
  await axe();

  await page.getByRole("link", { name: "Add Collaborators" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Add Collaborators");
  await expect(page.locator(".choice-can")).toContainText("add annotations");
  await expect(page.locator(".choice-cannot")).toContainText("delete annotations");
  await axe();

  // Everything that stands against anybody is said, and what was typed stays.
  await page.getByLabel("People").fill(WRONG);
  await page.getByRole("button", { name: /Confirm/ }).click();
  await expect(page.getByRole("alert")).toContainText("2 things need your attention");
  await expect(page.getByLabel("People")).toHaveValue(WRONG);

  await page.getByLabel("People").fill("Cy <cy@example.org>");
  await page.getByLabel("Note").fill("Helps on Fridays.");
  await page.getByRole("button", { name: "Confirm: add 1 collaborator" }).click();
  await expect(page).toHaveURL(/\/settings\/collaborators$/);
  const row = page.getByRole("row").filter({ hasText: "cy@example.org" });
  await expect(row).toContainText("Worker");
  await expect(row).toContainText("Helps on Fridays.");
  await axe();

  // A change shows what it makes before it is confirmed.
  await row.getByRole("link", { name: "Edit" }).click();
  await page.getByRole("radio", { name: /Viewer/ }).check();
  await expect(page.locator(".diff")).toContainText("They will no longer be able to add annotations");
  await axe();
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByRole("row").filter({ hasText: "cy@example.org" })).toContainText("Viewer");

  await page.getByRole("button", { name: "Cancel invitation" }).click();
  await expect(page.getByRole("heading", { name: "Nobody else works here yet" })).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("adds and removes somebody by plain forms", async ({ page }) => {
    await openCollaborators(page);
    await page.getByRole("link", { name: "Add Collaborators" }).click();
    await page.getByLabel("People").fill("cy@example.org");
    await page.getByRole("radio", { name: /Reviewer/ }).check();
    await page.getByRole("button", { name: /Confirm/ }).click();
    const row = page.getByRole("row").filter({ hasText: "cy@example.org" });
    await expect(row).toContainText("Reviewer");
    await row.getByRole("link", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Remove cy@example.org" }).click();
    await expect(page.getByRole("heading", { name: "Nobody else works here yet" })).toBeVisible();
  });
});
