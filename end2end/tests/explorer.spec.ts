import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "./fixture";
import { addByPage, makeAccount, makeApp, signInAs } from "./people";

/** So many short texts about signs of a colour, as files. */
function texts(colour: string, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    name: `${colour}-${index}.txt`,
    mimeType: "text/plain",
    buffer: Buffer.from(`A ${colour} sign, number ${index}.`),
  }));
}

/** Makes an app with texts in it, and opens the list of them; answers the app's path. */
async function fill(page: Page, scripts = true): Promise<string> {
  const app = await makeApp(page);
  await page.goto(`${app}/inputs`);
  const files = [...texts("red", 5), ...texts("green", 3)];
  if (scripts) {
    await hydrated(page);
    await page.getByLabel("Pictures and texts").setInputFiles(files);
    await expect(page.getByRole("status")).toContainText("8 of 8 added.");
    await page.getByRole("button", { name: "Clear what has ended" }).click();
  } else {
    await page.getByLabel("Pictures and texts").setInputFiles(files);
    await page.getByRole("button", { name: "Add them" }).click();
    await expect(page.getByText("8 added.")).toBeVisible();
  }
  await page.goto(`${app}/inputs`);
  if (scripts) await hydrated(page);
  return app;
}

/** What is shown, in its order. */
const shown = (page: Page) => page.locator(".card-id");

test("inputs are filtered, ordered, listed, and the view is saved", async ({ page, axe }) => {
  const app = await fill(page);
  await axe();
  await expect(page.getByText("8 in all")).toBeVisible();

  // Words become a part of the filter, and the address is the view.
  await page.getByRole("searchbox", { name: "Words" }).fill("red");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await expect(page).toHaveURL(`${app}/inputs?q=text%28red%29`);
  const filtered = page.getByRole("list", { name: "What is filtered" });
  await expect(filtered).toContainText("Words: red");
  await expect(shown(page)).toHaveCount(5);
  await expect(page.getByText("8 in all; 5 match")).toBeVisible();
  await expect(page.getByRole("searchbox", { name: "Words" })).toHaveValue("");
  await page.getByText("More filters").click();
  await page.getByLabel("Nobody has said anything").check();
  await page.getByRole("textbox", { name: "Key" }).fill("filename");
  await page.getByLabel("Comparison").selectOption("is");
  await page.getByRole("textbox", { name: "Value" }).fill("red-3.txt");
  await axe();
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await expect(filtered.getByRole("listitem")).toHaveCount(3);
  await expect(shown(page)).toHaveText(["red-3"]);
  await axe();
  await filtered.getByRole("link", { name: "Take away: Filename = “red-3.txt”" }).click();
  await expect(shown(page)).toHaveCount(5);

  // The order, and rows instead of cards.
  const newest = (await shown(page).allTextContents())[0];
  await page.getByLabel("Order").selectOption("oldest");
  await expect(page).toHaveURL(/order=oldest/);
  await expect(shown(page).last()).toHaveText(newest ?? "");
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "List" }).click();
  await expect(page.getByRole("table", { name: "Inputs" }).getByRole("row")).toHaveCount(6);
  await axe();

  // A view is kept, and found again.
  await page.getByText("Save this view").click();
  await page.getByLabel("Name of the view").fill("Red and unsaid");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const saved = page.getByRole("list", { name: "Saved views" }).getByRole("link", { name: "Red and unsaid" });
  await expect(saved).toHaveAttribute("aria-current", "page");
  await page.getByRole("link", { name: "Show everything" }).click();
  await expect(page.getByRole("row")).toHaveCount(9);
  await saved.click();
  await expect(page.getByRole("row")).toHaveCount(6);
  await page.getByRole("button", { name: "Delete the saved view Red and unsaid" }).click();
  await expect(saved).toHaveCount(0);

  // What cannot be read is told, and nothing is looked for.
  await page.goto(`${app}/inputs?q=medium(`);
  await expect(page.getByRole("alert")).toContainText("wrong at character");
  await expect(page.getByRole("heading", { name: "Nothing was looked for" })).toBeVisible();
  await axe();
});

test("a concept is said of many, taken back, and many are deleted", async ({ page, axe }) => {
  const app = await fill(page);
  const bar = page.locator(".chooser-bar");
  const batches = page.getByRole("region", { name: "What is done to many inputs" });
  const order = await shown(page).allTextContents();

  // From one to another, with Shift.
  await page.getByRole("checkbox", { name: `Choose ${order[1]}` }).check();
  await page.getByRole("checkbox", { name: `Choose ${order[4]}` }).click({ modifiers: ["Shift"] });
  await expect(bar).toContainText("4 are chosen.");
  await axe();
  await bar.getByLabel("Concept").fill("Bent");
  await bar.getByRole("button", { name: "Is there", exact: true }).click();
  await expect(batches).toContainText("Say that Bent is there");
  await expect(batches).toContainText("Done with 4 inputs.");
  await expect(page.locator(".card").filter({ hasText: "Bent" })).toHaveCount(4);
  await expect(bar).toContainText("Nothing is chosen.");
  await axe();

  // All that match, of which most are so already.
  await page.goto(`${app}/inputs?q=text(sign)`);
  await hydrated(page);
  await page.getByLabel("All 8 that match").check();
  await bar.getByLabel("Concept").fill("Bent");
  await bar.getByRole("button", { name: "Is there", exact: true }).click();
  await expect(batches).toContainText("Done with 8 inputs. 4 were so already.");
  await batches.getByRole("button", { name: "Undo" }).first().click();
  await expect(batches).toContainText("Undone with 4 inputs.");
  await expect(page.locator(".card").filter({ hasText: "Bent" })).toHaveCount(4);

  // Into a dataset, and out again.
  await page.goto(`${app}/datasets`);
  await page.getByLabel("Id", { exact: true }).fill("harbour");
  await page.getByRole("button", { name: /Make|Add/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("harbour");
  await page.goto(`${app}/inputs?concept=Bent`);
  await hydrated(page);
  await page.getByLabel("All 4 that match").check();
  await bar.getByLabel("Dataset").selectOption("harbour");
  await bar.getByRole("button", { name: "Put in" }).click();
  await expect(batches).toContainText("Put into harbour");
  await expect(batches).toContainText("Done with 4 inputs.");
  await page.goto(`${app}/inputs?q=dataset(harbour)`);
  await expect(shown(page)).toHaveCount(4);

  // What cannot be undone is asked about; the first focus is on the way out.
  await hydrated(page);
  await page.getByLabel("All 4 that match").check();
  await page.getByRole("button", { name: "Delete …" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete all inputs that match?" });
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await axe();
  await dialog.getByRole("button", { name: "Delete them" }).click();
  await expect(page.getByRole("heading", { name: "No input fits" })).toBeVisible();
  await page.goto(`${app}/inputs`);
  await expect(page.getByText("4 in all")).toBeVisible();
});

test("what is the same as another input is told", async ({ page }) => {
  const app = await makeApp(page);
  await page.goto(`${app}/inputs`);
  await hydrated(page);
  await page.getByLabel("Pictures and texts").setInputFiles(texts("red", 1));
  await expect(page.getByRole("status")).toContainText("1 of 1 added.");
  await page.getByLabel("Pictures and texts").setInputFiles(texts("red", 1));
  await expect(page.getByRole("status")).toContainText("2 of 2 added.");
  await expect(page.locator(".upload").filter({ hasText: "Added; the same as red-0" })).toHaveCount(1);
});

test("a file that tells of inputs is imported on their page", async ({ page }) => {
  const app = await fill(page);
  await page.getByText("Add inputs").click();
  const lines = "input,shape,start,end,concept\nred-1,whole,,,bent\nnowhere,whole,,,bent\n";
  await page.getByLabel("File", { exact: true }).setInputFiles({
    name: "labels.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(lines),
  });
  await page.getByRole("button", { name: "Import" }).click();
  await expect(page.getByText("0 inputs and 1 annotation were imported. 1 thing was not.")).toBeVisible();
  await expect(page.getByRole("table", { name: "What was not imported" })).toContainText("nowhere");
  await page.goto(`${app}/inputs?concept=bent`);
  await expect(shown(page)).toHaveText(["red-1"]);
});

test("whoever may not search sees the list, and hears why there are no more filters", async ({ page, another }) => {
  const app = await fill(page);
  const email = makeAccount("Edith Clarke");
  await addByPage(page, app, email);
  const other = await another();
  await signInAs(other, email, `${app}/inputs`);
  await expect(other.locator(".card")).toHaveCount(8);
  await expect(other.getByText("Search", { exact: false }).first()).toBeVisible();
  await expect(other.getByText("There are more filters, an order and saved views")).toBeVisible();
  await expect(other.getByText("More filters", { exact: true })).toHaveCount(0);
  await other.getByRole("searchbox", { name: "Words" }).fill("gree");
  await other.getByRole("button", { name: "Filter", exact: true }).click();
  await expect(other.locator(".card")).toHaveCount(3);
  // Saying is theirs, deleting is not.
  await expect(other.getByRole("button", { name: "Delete …" })).toHaveCount(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false, expectedNoise: [/status of 422/] });

  test("filters and acts are plain forms", async ({ page }) => {
    const app = await fill(page, false);
    await page.getByRole("searchbox", { name: "Words" }).fill("green");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await expect(page).toHaveURL(`${app}/inputs?q=text%28green%29`);
    await expect(shown(page)).toHaveCount(3);

    await page.getByRole("checkbox", { name: "Choose green-1" }).check();
    await page.getByRole("checkbox", { name: "Choose green-2" }).check();
    const bar = page.locator(".chooser-bar");
    await bar.getByRole("button", { name: "Is there", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("Say which concept.");
    await expect(page.getByRole("checkbox", { name: "Choose green-1" })).toBeChecked();
    await bar.getByLabel("Concept").fill("Bent");
    await bar.getByRole("button", { name: "Is there", exact: true }).click();
    await page.goto(`${app}/inputs?q=said(concept:Bent)`);
    await expect(shown(page)).toHaveText(["green-2", "green-1"]);
    await expect(page.getByText("Done with 2 inputs.")).toBeVisible();

    await page.getByLabel("All 2 that match").check();
    await page.getByText("Delete them …").click();
    await page.getByRole("button", { name: "Delete the chosen inputs" }).click();
    await page.goto(`${app}/inputs`);
    await expect(shown(page)).toHaveCount(6);
  });
});
