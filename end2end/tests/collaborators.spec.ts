import type { Page } from "@playwright/test";
import { expect, test } from "./fixture";
import { addByPage, makeAccount, makeApp } from "./people";

/** A malformed address, and one that stands there twice. */
const WRONG = "nobody, cy@example.org, cy@example.org";

/** Makes an app and opens its collaborators. */
async function openCollaborators(page: Page): Promise<void> {
  await makeApp(page);
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
  const dialog = page.getByRole("dialog", { name: "Add collaborators to Street signs" });
  await expect(dialog).toBeVisible();
  await expect(page.locator(".choice-can")).toContainText("add annotations");
  await expect(page.locator(".choice-cannot")).toContainText("delete annotations");
  await axe();

  // Everything that stands against anybody is said, and what was typed stays.
  await page.getByLabel("People").fill(WRONG);
  const understood = page.getByRole("list", { name: "Addresses in the field above" });
  await expect(understood).toContainText("nobody is not an e-mail address");
  await expect(understood).toContainText("cy@example.org is in the list twice");
  await expect(page.getByRole("button", { name: "Confirm", exact: true })).toBeVisible();
  await understood.getByRole("button", { name: "Remove nobody" }).click();
  await expect(page.getByLabel("People")).toHaveValue("cy@example.org, cy@example.org");
  await expect(page.getByLabel("People")).toBeFocused();
  await page.getByLabel("People").fill(WRONG);
  await page.getByRole("button", { name: /Confirm/ }).click();
  await expect(page.getByRole("alert")).toContainText("2 things need your attention");
  await expect(page.getByLabel("People")).toHaveValue(WRONG);

  await page.getByLabel("People").fill("Cy <cy@example.org>");
  await page.getByLabel("Note").fill("Helps on Fridays.");
  await page.getByRole("button", { name: "Confirm: add 1 collaborator" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("status")).toContainText("cy@example.org was invited.");
  const row = page.getByRole("row").filter({ hasText: "cy@example.org" });
  await expect(row).toContainText("Worker");
  await expect(row).toContainText("Helps on Fridays.");
  await axe();

  // A change shows what it makes before it is confirmed.
  await row.getByRole("link", { name: "Edit" }).click();
  await expect(page.getByRole("dialog", { name: "Access of cy@example.org" })).toBeVisible();
  await page.getByRole("radio", { name: /Viewer/ }).check();
  await expect(page.locator(".diff")).toContainText("They will no longer be able to add annotations");
  await axe();
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByRole("row").filter({ hasText: "cy@example.org" })).toContainText("Viewer");

  await page.getByRole("button", { name: "Cancel invitation" }).click();
  await expect(page.getByRole("heading", { name: "Nobody else works here yet" })).toBeVisible();
});

test("says beforehand who is there already, and removes in a dialog that begins at the way out", async ({ page, axe }) => {
  await openCollaborators(page);
  const email = makeAccount("Bo Lindqvist");
  await page.keyboard.press("i");
  await page.getByLabel("People").fill(email);
  await page.getByRole("button", { name: "Confirm: add 1 collaborator" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Bo Lindqvist" })).toBeVisible();

  await page.keyboard.press("i");
  await page.getByLabel("People").fill(email);
  const understood = page.getByRole("list", { name: "Addresses in the field above" });
  await expect(understood).toContainText("is Bo Lindqvist, who is a collaborator already");
  await page.keyboard.press("Escape");

  await page.getByRole("link", { name: "Remove Bo Lindqvist" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove Bo Lindqvist?" });
  await expect(dialog).toContainText("Their keys for this app end with it (1).");
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await axe();
  await dialog.getByRole("button", { name: "Remove Bo Lindqvist" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Bo Lindqvist was removed." })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Nobody else works here yet" })).toBeVisible();
});

test("shows the same people as list, tree and matrix, and finds some of them", async ({ page, axe }) => {
  const app = await makeApp(page);
  await addByPage(page, app, "cy@example.org, di@example.org");
  await addByPage(page, app, "ed@example.org", /Viewer/);
  const named = (name: string) => page.getByRole("main").getByText(`${name}@example.org`).first();

  await expect(named("ed")).toBeVisible();
  // The page by which somebody was added names them, too, until the list comes.
  await expect(page.getByLabel("Name or address")).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByLabel("Name or address")).toBeFocused();
  await page.keyboard.type("ed@");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\?text=ed%40$/);
  await expect(named("ed")).toBeVisible();
  await expect(named("cy")).toHaveCount(0);

  await page.getByRole("link", { name: "Show everyone" }).click();
  await expect(named("cy")).toBeVisible();
  await page.getByLabel("Any preset").selectOption("Worker");
  await expect(page).toHaveURL(/\?preset=worker$/);
  await expect(named("cy")).toBeVisible();
  await expect(named("ed")).toHaveCount(0);

  const views = page.getByRole("navigation", { name: "Views" });
  await views.getByRole("link", { name: "Tree" }).click();
  await expect(page).toHaveURL(/\?preset=worker&view=tree$/);
  await expect(views.getByRole("link", { name: "Tree" })).toHaveAttribute("aria-current", "page");
  await page.getByRole("link", { name: "Show everyone" }).click();
  const owner = page.locator(".tree > li").filter({ hasText: "Grace Hopper" });
  await expect(owner.getByRole("listitem")).toHaveCount(3);
  await axe();

  await views.getByRole("link", { name: "Matrix" }).click();
  const row = page.getByRole("row").filter({ hasText: "cy@example.org" });
  const cell = row.getByRole("cell", { name: "some" }).first();
  await expect(cell).toHaveAttribute("title", "Annotations_Add, Annotations_Get; not Annotations_Delete");
  await axe();
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

    await page.getByLabel("Any preset").selectOption("Worker");
    await page.getByRole("button", { name: "Filter" }).click();
    await expect(page.getByRole("heading", { name: "Nobody fits" })).toBeVisible();
    await page.getByRole("link", { name: "Show everyone" }).click();
    await page.getByRole("link", { name: "Tree", exact: true }).click();
    await expect(page.locator(".tree")).toContainText("cy@example.org");
    await page.getByRole("link", { name: "List", exact: true }).click();
    await row.getByRole("button", { name: "Cancel invitation" }).click();
    await expect(page.getByRole("heading", { name: "Nobody else works here yet" })).toBeVisible();

    await page.getByRole("link", { name: "Add Collaborators" }).click();
    await page.getByLabel("People").fill(makeAccount("Di Okafor"));
    await page.getByRole("radio", { name: /Viewer/ }).check();
    await page.getByRole("button", { name: /Confirm/ }).click();
    await page.getByRole("link", { name: "Remove Di Okafor" }).click();
    await page.getByRole("button", { name: "Remove Di Okafor" }).click();
    await expect(page.getByRole("heading", { name: "Nobody else works here yet" })).toBeVisible();
  });
});
