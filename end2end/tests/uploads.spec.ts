import type { Page } from "@playwright/test";
import { png } from "./files";
import { expect, hydrated, test } from "./fixture";
import { redAndBlue } from "./onnx";
import { makeApp } from "./people";

const FILE = { name: "colours.onnx", mimeType: "application/octet-stream", buffer: redAndBlue(32, 24) };

/** Shows a picture of one colour to the model of the page, and answers what it finds, the surest first. */
async function found(page: Page, color: [number, number, number], byScript: boolean): Promise<string[]> {
  const buffer = png(40, 40, () => color);
  const name = `${color.join("-")}.png`;
  await page.getByLabel("A picture").setInputFiles({ name, mimeType: "image/png", buffer });
  if (!byScript) await page.getByRole("button", { name: "Predict" }).click();
  const rows = page.getByRole("table", { name: `What was found in ${name}` }).locator("tbody tr");
  await expect(rows).toHaveCount(2);
  return rows.locator("td:first-child").allInnerTexts();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    // What is refused is refused with a status that the browser notes; what is shown is fetched out of the page's memory.
    test.use({ javaScriptEnabled, expectedNoise: [/status of 422|^Connecting to 'blob:/] });

    test("a model that was trained elsewhere is uploaded, says what is in a picture, and is deleted", async ({
      page,
      axe,
    }) => {
      const app = await makeApp(page);
      await page.goto(`${app}/models/new`);
      await page.getByRole("link", { name: "uploaded as an ONNX file" }).click();
      await expect(page).toHaveURL(`${app}/models/new/upload`);
      if (javaScriptEnabled) {
        await hydrated(page);
        await axe();
      }
      await page.getByLabel("Name").fill("Colours");
      await page.getByRole("textbox", { name: /^Concepts/ }).fill("Red\nDeep blue\n");
      await page.getByLabel("They are scaled").selectOption("unit");
      const upload = page.getByRole("button", { name: "Upload the model" });

      // What is no model is told beside its field, and what was typed is still there.
      const broken = { ...FILE, buffer: FILE.buffer.subarray(0, 90) };
      await page.getByLabel("File", { exact: true }).setInputFiles(broken);
      await upload.click();
      await expect(page.getByRole("alert")).toContainText("must be an ONNX model", { ignoreCase: true });
      await expect(page.getByText("Choose the file again: it is not kept with what was typed.")).toBeVisible();
      await expect(page.getByLabel("Name")).toHaveValue("Colours");
      await expect(page.getByRole("textbox", { name: /^Concepts/ })).toHaveValue("Red\nDeep blue\n");
      await expect(page.getByLabel("They are scaled")).toHaveValue("unit");
      if (javaScriptEnabled) {
        await hydrated(page);
        await axe();
      }
      await page.getByRole("textbox", { name: /^Concepts/ }).fill("Red");
      await page.getByLabel("File", { exact: true }).setInputFiles(FILE);
      await upload.click();
      await expect(page.getByRole("alert")).toContainText("Must give one number for each concept: it gives 2, and 1 is named");

      await page.getByRole("textbox", { name: /^Concepts/ }).fill("Red\nDeep blue");
      await page.getByLabel("File", { exact: true }).setInputFiles(FILE);
      await upload.click();
      await expect(page).toHaveURL(`${app}/models/colours`);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Colours");
      if (javaScriptEnabled) {
        await hydrated(page);
        await axe();
      }
      expect(await found(page, [255, 20, 0], javaScriptEnabled)).toEqual(["Red", "Deep blue"]);
      expect(await found(page, [0, 20, 255], javaScriptEnabled)).toEqual(["Deep blue", "Red"]);
      await expect(page.locator(".known li")).toHaveText(["Red", "Deep blue"]);

      // Another version tells the other way round, and answers from then on.
      await page.getByRole("link", { name: "Upload a version" }).click();
      await expect(page.getByRole("textbox", { name: /^Concepts/ })).toHaveValue("red\ndeep-blue");
      await expect(page.getByLabel("They are scaled")).toHaveValue("unit");
      if (javaScriptEnabled) await hydrated(page);
      await page.getByRole("textbox", { name: /^Concepts/ }).fill("deep-blue\nred");
      await page.getByLabel("File", { exact: true }).setInputFiles(FILE);
      await page.getByRole("button", { name: "Upload the version" }).click();
      await expect(page).toHaveURL(`${app}/models/colours`);
      const versions = page.getByRole("table", { name: "Versions" }).locator("tbody tr");
      await expect(versions).toHaveCount(2);
      if (javaScriptEnabled) await hydrated(page);
      expect(await found(page, [255, 20, 0], javaScriptEnabled)).toEqual(["Deep blue", "Red"]);

      await versions.first().getByRole("link").click();
      await expect(page.getByRole("row", { name: /^Takes/ })).toContainText("pictures, 32 × 24 pixels");
      await expect(page.getByRole("row", { name: /^Pixels/ })).toContainText("from 0 to 1");
      await expect(page.getByText("How good it is is not known here")).toBeVisible();
      if (javaScriptEnabled) {
        await hydrated(page);
        await axe();
      }
      await page.getByText("Delete the version …").click();
      await page.getByRole("button", { name: "Delete the version for good" }).click();
      await expect(page).toHaveURL(`${app}/models/colours`);
      await expect(versions).toHaveCount(1);
      if (javaScriptEnabled) await hydrated(page);
      expect(await found(page, [255, 20, 0], javaScriptEnabled)).toEqual(["Red", "Deep blue"]);
    });
  });
}

test("the keyboard does all of it", async ({ page }) => {
  const app = await makeApp(page);
  await page.goto(`${app}/models/new/upload`);
  await hydrated(page);
  const { keyboard } = page;
  await page.getByLabel("Name").focus();
  await keyboard.type("Colours");
  await keyboard.press("Tab");
  await keyboard.type("Red or blue");
  await keyboard.press("Tab");
  await expect(page.getByLabel("File", { exact: true })).toBeFocused();
  const chooses = page.waitForEvent("filechooser");
  await keyboard.press("Enter");
  await (await chooses).setFiles(FILE);
  await keyboard.press("Tab");
  await expect(page.getByLabel("Vocabulary")).toBeFocused();
  await keyboard.press("Tab");
  await keyboard.type("Red");
  await keyboard.press("Enter");
  await keyboard.type("Blue");
  await keyboard.press("Tab");
  await keyboard.press("ArrowDown");
  await expect(page.getByLabel("They are scaled")).toHaveValue("unit");
  for (const next of ["Mean", "Deviation"]) {
    await keyboard.press("Tab");
    await expect(page.getByLabel(next)).toBeFocused();
  }
  await keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Cancel" })).toBeFocused();
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(page).toHaveURL(`${app}/models/colours`);
  await expect(page.locator(".known li")).toHaveText(["Red", "Blue"]);
});
