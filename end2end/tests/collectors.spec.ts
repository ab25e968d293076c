import type { Page } from "@playwright/test";
import { CODE, withToken } from "./calls";
import { expect, hydrated, test } from "./fixture";
import { addByPage, makeAccount, makeApp, signedIn } from "./people";

/** Makes a collector of uploads on the page of them, at whose own page the browser is then. */
async function makeCollector(page: Page, app: string, id: string, limit: string): Promise<void> {
  await page.goto(`${app}/collectors`);
  await page.getByLabel("Id", { exact: true }).fill(id);
  await page.getByLabel(/What it is for/).fill("One picture in fifty, to be labelled");
  await page.getByLabel(/At most in all/).fill(limit);
  await page.getByRole("button", { name: "Make the collector" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(id);
}

/** Makes a key that only sends, and answers its secret. */
async function makeKey(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Make a key for it" }).click();
  return (await page.locator(".secret-value code").innerText()).trim();
}

/** What a program sends: one text for each name. */
function texts(...names: string[]) {
  return { inputs: names.map((id) => ({ id, data: { text: { raw: `Seen at the gate: ${id}` } } })) };
}

/** What the page says of a collector beside a heading. */
function fact(page: Page, heading: string) {
  return page.locator(".facts tr").filter({ hasText: heading }).locator("td");
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    // What is refused is refused with a status that the browser notes.
    test.use({ javaScriptEnabled, expectedNoise: [/status of (404|409|422)/] });

    test("a collector is made, filled by a key up to its limit, paused, changed and deleted", async ({ page, axe }) => {
      const app = await makeApp(page);
      await page.getByRole("link", { name: "Collectors" }).click();
      await expect(page.getByRole("heading", { name: "No collectors yet" })).toBeVisible();
      if (javaScriptEnabled) await axe();

      // What cannot be is told beside its field, and nothing that was typed is lost.
      await page.getByLabel("Id", { exact: true }).fill("gate");
      await page.getByLabel(/Share in a hundred/).fill("0");
      await page.getByRole("button", { name: "Make the collector" }).click();
      await expect(page.locator(".field-error")).toContainText("above 0 and at most 100");
      await expect(page.getByLabel("Id", { exact: true })).toHaveValue("gate");

      await makeCollector(page, app, "gate-camera", "2");
      await expect(page.locator(".page-head .chip")).toHaveText("gathering");
      if (javaScriptEnabled) {
        await hydrated(page);
        await axe();
      }
      const program = withToken(page.request, app, await makeKey(page));
      const sent = await program("POST", "/collectors/gate-camera/inputs", texts("one", "two", "three"));
      expect(sent).toMatchObject({ http: 200, code: CODE.success });
      const { collected_inputs: became } = JSON.parse(sent.body);
      expect(became.map((one: { id: string; outcome: number }) => [one.id, one.outcome])).toEqual([
        ["one", 1],
        ["two", 1],
        ["three", 3],
      ]);
      // Whoever has the key sees and does nothing else.
      expect(await program("GET", "/inputs")).toMatchObject({ http: 403, code: CODE.scopes });
      expect(await program("POST", "/inputs", texts("four"))).toMatchObject({ http: 403, code: CODE.scopes });

      await page.goto(`${app}/collectors/gate-camera`);
      await expect(page.locator(".page-head .chip")).toHaveText("full");
      await expect(fact(page, "Gathered")).toHaveText("2 of 2");
      await expect(fact(page, "In this hour")).toHaveText("2");
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel(/At most in all/).fill("3");
      await page.getByRole("button", { name: "Save" }).click();
      await expect(fact(page, "Gathered")).toHaveText("2 of 3");
      await page.getByRole("button", { name: "Pause" }).click();
      await expect(page.locator(".page-head .chip")).toHaveText("paused");
      const refused = await program("POST", "/collectors/gate-camera/inputs", texts("four"));
      expect(refused.http).toBe(409);
      expect(refused.details).toContain("is paused");
      await page.getByRole("button", { name: "Go on gathering" }).click();
      await expect(page.locator(".page-head .chip")).toHaveText("gathering");

      await page.goto(`${app}/collectors`);
      await expect(page.getByRole("row").filter({ hasText: "gate-camera" })).toContainText("2 of 3");
      if (javaScriptEnabled) await axe();
      await page.goto(`${app}/inputs`);
      await expect(page.getByText("Seen at the gate: one").first()).toBeVisible();

      await page.goto(`${app}/collectors/gate-camera`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByText("Delete it …").click();
      await page.getByRole("button", { name: "Delete this collector" }).click();
      await expect(page).toHaveURL(`${app}/collectors`);
      await expect(page.getByRole("heading", { name: "No collectors yet" })).toBeVisible();
      expect((await page.request.get(`${app}/collectors/gate-camera`)).status()).toBe(404);
    });
  });
}

test.describe("whose creator is narrowed", () => {
  test.use({ expectedNoise: [/status of (403|409)/] });

  test("it stops, and says why", async ({ page, browser, axe }) => {
    test.slow();
    const app = await makeApp(page);
    const bo = makeAccount("Bo Lindqvist");
    await addByPage(page, app, bo, /Trusted/);
    const other = await signedIn(browser, bo, `${app}/collectors`);
    await makeCollector(other, app, "gate-camera", "100");
    await hydrated(other);
    const program = withToken(other.request, app, await makeKey(other));
    expect(await program("POST", "/collectors/gate-camera/inputs", texts("one"))).toMatchObject({ http: 200 });

    // Only what Bo may do to inputs goes; the collector was made while he could add some.
    await page.goto(`${app}/settings/collaborators`);
    await hydrated(page);
    await page.getByRole("row").filter({ hasText: "Bo Lindqvist" }).getByRole("link", { name: /Edit/ }).click();
    const picker = page.getByRole("dialog").or(page.locator("main")).last();
    await picker.getByRole("radio", { name: /Viewer/ }).check();
    await picker.getByRole("button", { name: /Confirm/ }).click();
    await expect(page.getByRole("row").filter({ hasText: "Bo Lindqvist" })).toContainText("Viewer");

    await page.goto(`${app}/collectors`);
    const row = page.getByRole("row").filter({ hasText: "gate-camera" });
    await expect(row).toContainText("stopped");
    await expect(row).toContainText("Its creator’s access to this app no longer includes Inputs_Add.");
    await axe();
    await row.getByRole("link", { name: "gate-camera" }).click();
    await expect(page.getByText("It has stopped:")).toBeVisible();
    await axe();
    await hydrated(page);
    await page.getByRole("button", { name: "Go on gathering" }).click();
    await expect(page.getByRole("alert")).toContainText("cannot go on");

    // Whoever may not see collectors sees no way there, and the page says which right is missing.
    await other.goto(app);
    await expect(other.getByRole("link", { name: "Inputs" }).first()).toBeVisible();
    await expect(other.getByRole("link", { name: "Collectors" })).toHaveCount(0);
    await other.goto(`${app}/collectors/gate-camera`);
    await expect(other.getByText("Collectors_Get").first()).toBeVisible();
  });
});
