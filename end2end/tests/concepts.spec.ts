import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "./fixture";
import { addByPage, makeAccount, makeApp, signedIn } from "./people";

/** Adds concepts on the page of them, one after the other. */
async function addConcepts(page: Page, app: string, names: string[]): Promise<void> {
  await page.goto(`${app}/concepts`);
  for (const name of names) {
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Add the concept" }).click();
    await expect(page.getByRole("row").filter({ hasText: name })).toBeVisible();
  }
}

/** The names of a vocabulary's concepts, in its order. */
function order(page: Page) {
  return page.locator(".table .row-name");
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    // What is refused is refused with a status that the browser notes.
    test.use({ javaScriptEnabled, expectedNoise: [/status of (404|409|422)/] });

    test("a concept gets a colour, a key, names and relations, and ends in another one", async ({ page, axe }) => {
      const app = await makeApp(page);
      await addConcepts(page, app, ["Heron", "Bird", "Grey heron"]);
      if (javaScriptEnabled) await axe();

      await page.getByRole("link", { name: "Heron", exact: true }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Heron");
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel("Colour").fill("#114477");
      await page.getByRole("textbox", { name: /^Key/ }).fill("1");
      await page.getByLabel("What it means").first().fill("Long legs, stands still.");
      await page.getByRole("button", { name: "Save the concept" }).click();
      await expect(page.locator("h1 circle")).toHaveAttribute("fill", "#114477");

      await page.getByText("Add a name in another language …").click();
      await page.getByLabel("Language").fill("de");
      await page.locator("details[open]").getByLabel("Name").fill("Reiher");
      await page.getByRole("button", { name: "Add the name" }).click();
      await expect(page.getByRole("row").filter({ hasText: "Reiher" })).toBeVisible();

      await page.getByText("Add a relation …").click();
      await page.getByLabel("It …").selectOption("is a kind of");
      await page.locator("details[open]").getByLabel("Other concept").fill("bird");
      await page.getByRole("button", { name: "Add the relation" }).click();
      await expect(page.getByRole("listitem").filter({ hasText: "It is a kind of Bird" })).toBeVisible();
      if (javaScriptEnabled) await axe();

      // The key is taken, and nothing that was typed is lost.
      await page.goto(`${app}/concepts/bird`);
      await expect(page.getByRole("listitem").filter({ hasText: "Heron" })).toBeVisible();
      if (javaScriptEnabled) await hydrated(page);
      await page.getByRole("textbox", { name: /^Key/ }).fill("1");
      await page.getByLabel("What it means").first().fill("Has feathers.");
      await page.getByRole("button", { name: "Save the concept" }).click();
      await expect(page.locator(".field-error")).toContainText("says Heron already");
      await expect(page.getByLabel("What it means").first()).toHaveValue("Has feathers.");

      await page.goto(`${app}/concepts/grey-heron`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByText("Merge it into another concept …").click();
      await page.locator("details[open]").getByLabel("Other concept").fill("Heron");
      await page.getByRole("button", { name: "Merge the two" }).click();
      await expect(page).toHaveURL(`${app}/concepts/heron`);
      await page.getByText("Delete it …").click();
      await page.getByRole("button", { name: "Delete this concept" }).click();
      await expect(page).toHaveURL(`${app}/concepts`);
      await expect(page.getByRole("row")).toHaveCount(2);
      await expect(page.getByRole("row").last()).toContainText("Bird");
    });

    test("a vocabulary is made, put into order and deleted", async ({ page, axe }) => {
      const app = await makeApp(page);
      await addConcepts(page, app, ["Heron", "Bird", "Pond"]);
      await page.getByRole("link", { name: "Vocabularies" }).click();
      await expect(page.getByRole("heading", { name: "No vocabularies yet" })).toBeVisible();
      if (javaScriptEnabled) await axe();

      // What is no concept is named, and what was typed stays.
      await page.getByLabel("Name").fill("At the water");
      await page.getByLabel("Concepts", { exact: false }).last().fill("Pond\nFish");
      await page.getByRole("button", { name: "Make the vocabulary" }).click();
      await expect(page.locator(".field-error")).toContainText("Fish is none");
      await page.getByLabel("Concepts", { exact: false }).last().fill("Pond\nheron");
      await page.getByRole("button", { name: "Make the vocabulary" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("At the water");
      await expect(order(page)).toHaveText(["Pond", "Heron"]);
      if (javaScriptEnabled) await hydrated(page);

      await page.getByLabel("Concepts", { exact: false }).last().fill("Bird");
      await page.getByRole("button", { name: "Add to the vocabulary" }).click();
      await expect(order(page)).toHaveText(["Pond", "Heron", "Bird"]);
      await page.getByRole("button", { name: "Earlier Bird" }).click();
      await expect(order(page)).toHaveText(["Pond", "Bird", "Heron"]);
      await page.getByRole("button", { name: "Later Pond" }).click();
      await expect(order(page)).toHaveText(["Bird", "Pond", "Heron"]);
      await page.getByRole("button", { name: "Remove Heron" }).click();
      await expect(order(page)).toHaveText(["Bird", "Pond"]);
      if (javaScriptEnabled) await axe();

      await page.getByText("Delete it …").click();
      await page.getByRole("button", { name: "Delete this vocabulary" }).click();
      await expect(page).toHaveURL(`${app}/vocabs`);
      await expect(page.getByRole("heading", { name: "No vocabularies yet" })).toBeVisible();
    });
  });
}

test("a worker sees concepts and vocabularies and changes neither", async ({ page, browser }) => {
  const app = await makeApp(page);
  await addConcepts(page, app, ["Heron"]);
  await expect(page.getByRole("row").filter({ hasText: "Heron" })).toBeVisible();
  const bo = makeAccount("Bo Lindqvist");
  await addByPage(page, app, bo, /Worker/);
  const other = await signedIn(browser, bo, `${app}/concepts/heron`);
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("Heron");
  await expect(other.getByText("Concepts_Add").first()).toBeVisible();
  for (const name of ["Save the concept", "Merge the two", "Delete this concept"]) {
    await expect(other.getByRole("button", { name })).toHaveCount(0);
  }
  await other.goto(`${app}/vocabs`);
  await expect(other.getByText("Vocabs_Get").first()).toBeVisible();
  await expect(other.getByRole("button", { name: "Make the vocabulary" })).toHaveCount(0);
  expect((await other.request.get(`${app}/concepts/nothing`)).status()).toBe(404);
  expect((await page.request.get(`${app}/vocabs/nothing`)).status()).toBe(404);
});
