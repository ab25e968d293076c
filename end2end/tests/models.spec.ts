import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { addPictures, addTexts, DEMO } from "./files";
import { expect, hydrated, test } from "./fixture";
import { addByPage, makeAccount, makeApp, signInAs } from "./people";
import { picture } from "./pictures";

/** A ball on a lawn, which was drawn for the tests of the models themselves. */
const BALL = new URL("../../crates/learn/tests/data/ball.png", import.meta.url);

/** Chooses a picture on the page of a model. */
async function choose(page: Page, buffer: Buffer, name = "ball.png", mimeType = "image/png"): Promise<void> {
  await page.getByLabel("A picture").setInputFiles({ name, mimeType, buffer });
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    // What is refused is refused with a status that the browser notes. What records the test fetches the picture that is
    // shown out of the page's memory; the page itself, which may not, does not.
    test.use({ javaScriptEnabled, expectedNoise: [/status of 422|^Connecting to 'blob:/] });

    test("a public model says what is in a picture, and what it knows", async ({ page, axe }) => {
      const app = await makeApp(page);
      await page.goto(app);
      await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Models" }).click();
      await expect(page).toHaveURL(`${app}/models`);
      await expect(page.getByRole("table", { name: "Public models" }).locator("tbody tr")).toHaveCount(4);
      if (javaScriptEnabled) await axe();
      await page.getByRole("link", { name: "General image recognition" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("General image recognition");
      if (javaScriptEnabled) await hydrated(page);

      const predict = page.getByRole("button", { name: "Predict" });
      await choose(page, await readFile(BALL));
      if (!javaScriptEnabled) await predict.click();
      const found = page.getByRole("table", { name: "What was found in ball.png" });
      await expect(found.locator("tbody tr")).toHaveCount(20);
      await expect(found.locator("tbody tr").first()).toContainText(/\d %/);
      if (javaScriptEnabled) {
        await axe();
        await picture(page, "model");
      }

      await choose(page, Buffer.from("no picture"), "words.png");
      if (!javaScriptEnabled) await predict.click();
      await expect(page.getByRole("alert")).toContainText("PNG, JPEG, GIF, WebP or BMP");
      await expect(found).toHaveCount(0);

      await page.getByLabel("Look for a concept").fill("tabby");
      await page.getByRole("button", { name: "Look", exact: true }).click();
      await expect(page).toHaveURL(/concept=tabby/);
      await expect(page.locator(".known li")).toContainText(["tabby"]);
      await page.goto(`${app}/models/general-image-recognition?concept=person%20of%20interest`);
      await expect(page.getByText("It knows no concept with “person of interest” in its name.")).toBeVisible();
    });

    test("a text becomes a vector", async ({ page }) => {
      const app = await makeApp(page);
      await page.goto(`${app}/models/general-text-embedding`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel("A text").fill("A cup of tea");
      await page.getByRole("button", { name: "Predict" }).click();
      await expect(page.getByRole("heading", { name: "The vector of “A cup of tea”" })).toBeVisible();
      await expect(page.getByText("384 numbers, of which these are the first:")).toBeVisible();
    });
  });
}

test("a picture is dropped on a model, and the keyboard does all of it", async ({ page }) => {
  const app = await makeApp(page);
  await page.goto(`${app}/models/general-image-embedding`);
  await hydrated(page);
  const bytes = [...(await readFile(BALL))];
  const transfer = await page.evaluateHandle((bytes) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], "dropped.png", { type: "image/png" }));
    return transfer;
  }, bytes);
  await page.locator(".drop").dispatchEvent("drop", { dataTransfer: transfer });
  await expect(page.getByRole("heading", { name: "The vector of dropped.png" })).toBeVisible();

  await page.goto(`${app}/models/general-text-embedding`);
  await hydrated(page);
  await page.getByLabel("A text").focus();
  await page.keyboard.type("Two lemons");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "The vector of “Two lemons”" })).toBeVisible();
});

test("whoever may see models and not predict hears why", async ({ page, another }) => {
  const app = await makeApp(page);
  const email = makeAccount("Edith Clarke");
  await addByPage(page, app, email, /Viewer/);
  const other = await another();
  await signInAs(other, email, `${app}/models/general-image-recognition`);
  await expect(other.getByText(/needs `?Predict`?/)).toBeVisible();
  await expect(other.getByLabel("A picture")).toHaveCount(0);
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("inputs are found by what they are like", async ({ page, axe, javaScriptEnabled }) => {
      const app = await makeApp(page);
      const [cat, kitten, bank] = await addTexts(page, app, [
        "A cat sleeps on the sofa.",
        "A kitten naps on the couch.",
        "Interest rates went up again.",
      ]);
      const cards = page.locator(".cards > li");
      // By another input, once a model has looked at all of them.
      await page.goto(`${app}/inputs/${cat}`);
      await page.getByRole("link", { name: "Alike" }).click();
      await expect(page).toHaveURL(`${app}/alike?input=${cat}`);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("By likeness");
      await expect(async () => {
        await page.reload();
        await expect(cards).toHaveCount(2, { timeout: 500 });
      }).toPass();
      await expect(page.getByRole("heading", { level: 2 }).first()).toHaveText(`Like ${cat}`);
      await expect(cards).toContainText([`${kitten}`, `${bank}`]);
      if (javaScriptEnabled) await axe();
      // By a sentence, among those that a filter lets through.
      await page.goto(`${app}/inputs?words=the`);
      await page.getByRole("link", { name: "Search among these by likeness" }).click();
      await page.getByLabel("A sentence").fill("What does money cost?");
      await page.getByRole("button", { name: "Search", exact: true }).click();
      await expect(cards).toHaveCount(2);
      await expect(page.getByText("Among those that")).toBeVisible();
      await page.getByRole("link", { name: "Among all" }).click();
      await expect(cards).toHaveCount(3);
      await expect(cards.first()).toContainText(`${bank}`);
      await cards.first().getByRole("link", { name: `Like this: ${bank}` }).click();
      await expect(page).toHaveURL(`${app}/alike?input=${bank}`);
      // By a picture that is not kept.
      const pictures = ["stop-sign-in-the-village.jpg", "crossing-in-the-rain.jpg", "roundabout-late-afternoon.jpg"];
      await addPictures(page, app, pictures);
      await page.goto(`${app}/alike`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel("A picture", { exact: true }).setInputFiles(join(DEMO, "crossing-in-the-rain.jpg"));
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Search by the picture" }).click();
      await expect(page.getByRole("heading", { level: 2 }).first()).toHaveText("Like crossing-in-the-rain.jpg");
      await expect(async () => {
        if ((await cards.count()) < pictures.length) {
          await page.getByLabel("A picture", { exact: true }).setInputFiles(join(DEMO, "crossing-in-the-rain.jpg"));
          if (!javaScriptEnabled) await page.getByRole("button", { name: "Search by the picture" }).click();
        }
        await expect(cards).toHaveCount(pictures.length, { timeout: 1_000 });
      }).toPass();
      await expect(cards.first()).toContainText("crossing-in-the-rain");
      await expect(cards.first()).toContainText("1.00");
      if (javaScriptEnabled) await picture(page, "alike");
      if (javaScriptEnabled) await axe();
      await page.getByLabel("A picture", { exact: true }).setInputFiles({
        name: "broken.png",
        mimeType: "image/png",
        buffer: Buffer.from("no picture"),
      });
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Search by the picture" }).click();
      await expect(page.getByRole("alert")).toContainText(/image|picture/);
    });
  });
}
