import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { addTexts } from "./files";
import { expect, hydrated, test } from "./fixture";
import { addByPage, makeAccount, makeApp, signedIn } from "./people";

/** The rows of the table of this caption, without its heading. */
function rows(page: Page, caption: string) {
  return page.getByRole("table", { name: caption, exact: true }).locator("tbody tr");
}

/** Makes a dataset on the page of them, and is on its page then. */
async function makeDataset(page: Page, app: string, id: string, description: string): Promise<void> {
  await page.goto(`${app}/datasets`);
  await page.getByRole("textbox", { name: "Id" }).fill(id);
  await page.getByLabel("Description").fill(description);
  await page.getByRole("button", { name: "Make the dataset" }).click();
  await expect(page).toHaveURL(`${app}/datasets/${encodeURIComponent(id)}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(id);
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    // What is refused is refused with a status that the browser notes.
    test.use({ javaScriptEnabled, expectedNoise: [/status of (409|422)/] });

    test("a dataset is filled, frozen with a split, and emptied again", async ({ page, axe }) => {
      const app = await makeApp(page);
      const [stop, yields, give] = await addTexts(page, app, ["Stop", "Yield", "Give way"]);
      await page.goto(`${app}/datasets`);
      await expect(page.getByRole("heading", { name: "No datasets yet" })).toBeVisible();
      if (javaScriptEnabled) await axe();

      // An id may hold a space; nothing is made of none.
      await page.getByRole("button", { name: "Make the dataset" }).click();
      await expect(page.locator(".field-error")).toContainText("Must not be empty");
      await makeDataset(page, app, "town walk", "Signs of one walk");
      await expect(page.getByText("Signs of one walk").first()).toBeVisible();
      if (javaScriptEnabled) await hydrated(page);

      const inputs = page.getByLabel("Inputs", { exact: true });
      await inputs.fill(`${stop}\nnothing`);
      await page.getByRole("button", { name: "Put into the dataset" }).click();
      await expect(page.locator(".field-error")).toContainText("nothing is none");
      await expect(inputs).toHaveValue(`${stop}\nnothing`);
      await inputs.fill(`${stop}\n${yields}\n${give}`);
      await page.getByRole("button", { name: "Put into the dataset" }).click();
      await expect(rows(page, "Inputs of the dataset")).toHaveCount(3);
      if (javaScriptEnabled) await axe();

      // Shares that are none of a whole are told beside their field.
      await page.getByLabel("Description").first().fill("Spring");
      await page.getByLabel("Train %").fill("80");
      await page.getByLabel("Test %").fill("30");
      await page.getByRole("button", { name: "Make the version" }).click();
      await expect(page.locator(".field-error")).toContainText("add up to 100");
      await expect(page.getByLabel("Train %")).toHaveValue("80");
      await page.getByLabel("Train %").fill("100");
      await page.getByLabel("Test %").fill("");
      await page.getByLabel("Seed").fill("7");
      await page.getByRole("button", { name: "Make the version" }).click();
      await expect(rows(page, "Versions")).toHaveCount(1);
      await expect(rows(page, "Versions")).toContainText(["Spring"]);
      await expect(rows(page, "Versions").getByRole("cell").nth(3)).toHaveText("3 train, 0 validation, 0 test");
      if (javaScriptEnabled) await axe();

      await page.locator("summary", { hasText: "What each format holds" }).click();
      await expect(page.getByText("Everything that the version keeps.")).toBeVisible();
      await page.locator("summary", { hasText: "Download … Spring" }).click();
      if (javaScriptEnabled) await axe();
      await page.getByLabel("Format", { exact: true }).selectOption("CSV");
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download Spring" }).click();
      const file = await download;
      expect(file.suggestedFilename()).toMatch(/^town walk-.*-csv\.zip$/);
      expect((await readFile(await file.path())).subarray(0, 4).toString("latin1")).toBe("PK\x03\x04");

      // What was labelled elsewhere comes in, and what is wrong with it is told by its line.
      const table = `input,shape,start,end,concept\n${stop},span,0,4,Sign\nnothing,whole,,,Sign\n`;
      const labels = { name: "labels.csv", mimeType: "text/csv", buffer: Buffer.from(table) };
      await page.getByLabel("File", { exact: true }).setInputFiles(labels);
      await page.getByRole("button", { name: "Import" }).click();
      await expect(page.getByText("0 inputs and 1 annotation were imported. 1 thing was not.")).toBeVisible();
      await expect(rows(page, "What was not imported")).toContainText(["line 3 of labels.csv"]);
      if (javaScriptEnabled) {
        await hydrated(page);
        await axe();
      }

      // What is taken out stays in the app, and in the version.
      await page.getByRole("button", { name: `Take out ${give}` }).click();
      await expect(rows(page, "Inputs of the dataset")).toHaveCount(2);
      await expect(rows(page, "Versions").getByRole("cell").nth(1)).toHaveText("3");
      await page.getByLabel("Description").last().fill("Signs of two walks");
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByText("Signs of two walks").first()).toBeVisible();

      await page.locator("summary", { hasText: "Delete … Spring" }).click();
      await page.getByRole("button", { name: "Delete for good Spring" }).click();
      await expect(page.getByText("No versions yet.")).toBeVisible();
      await page.getByText("Delete it …").click();
      await page.getByRole("button", { name: "Delete this dataset" }).click();
      await expect(page).toHaveURL(`${app}/datasets`);
      await expect(page.getByRole("heading", { name: "No datasets yet" })).toBeVisible();
      await page.goto(`${app}/inputs`);
      await expect(page.locator(".card")).toHaveCount(3);
    });
  });
}

test("a worker sees datasets and changes none", async ({ page, browser, axe }) => {
  const app = await makeApp(page);
  const [stop] = await addTexts(page, app, ["Stop"]);
  await makeDataset(page, app, "town", "");
  await hydrated(page);
  await page.getByLabel("Inputs", { exact: true }).fill(stop ?? "");
  await page.getByRole("button", { name: "Put into the dataset" }).click();
  await expect(rows(page, "Inputs of the dataset")).toHaveCount(1);
  await page.getByRole("button", { name: "Make the version" }).click();
  await expect(rows(page, "Versions")).toHaveCount(1);
  const bo = makeAccount("Bo Lindqvist");
  await addByPage(page, app, bo, /Worker/);

  const other = await signedIn(browser, bo, `${app}/datasets/town`);
  await expect(rows(other, "Inputs of the dataset")).toHaveCount(1);
  await expect(rows(other, "Versions")).toHaveCount(1);
  await expect(other.getByText("Datasets_Add").first()).toBeVisible();
  await expect(other.getByText("Exports_Add").first()).toBeVisible();
  for (const name of ["Take out", "Put into the dataset", "Make the version", "Save", "Delete", "Download"]) {
    await expect(other.getByRole("button", { name })).toHaveCount(0);
  }
  await axe(other);
  await other.goto(`${app}/datasets`);
  await expect(other.getByRole("link", { name: "town" })).toBeVisible();
  await expect(other.getByRole("button", { name: "Make the dataset" })).toHaveCount(0);
  expect((await other.request.get(`${app}/datasets/nothing`)).status()).toBe(404);
});
