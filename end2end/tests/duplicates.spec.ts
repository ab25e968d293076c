import { expect, hydrated, test } from "./fixture";
import { NAMES, addPictures, appOfAda, pictureOf } from "./shapes";

// What is refused is refused with a status that the browser notes.
test.use({ expectedNoise: [/status of 422/] });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("what is nearly the same is found, and deleted where it is ticked", async ({ page, axe }) => {
      const { app, token } = await appOfAda(page);
      const [, owner, slug] = app.split("/");
      await addPictures(page, app, token, [0], false);
      const copies = [
        { id: "copy", data: { image: { base64: pictureOf("disc", 0).toString("base64") } } },
        { id: "note-1", data: { text: { raw: "The cat sleeps on the sofa." } } },
        { id: "note-2", data: { text: { raw: "The cat sleeps on the sofa" } } },
      ];
      const sent = await page.request.post(`/v2/users/${owner}/apps/${slug}/inputs`, {
        data: { inputs: copies },
        headers: { authorization: `Key ${token}` },
      });
      expect(sent.status()).toBe(200);

      await page.goto(`${app}/inputs`);
      await page.getByRole("link", { name: "Duplicates" }).click();
      await expect(page).toHaveURL(`${app}/duplicates`);
      const groups = page.locator(".duplicates");
      await expect(async () => {
        await page.goto(`${app}/duplicates`);
        await expect(groups).toHaveCount(2, { timeout: 500 });
      }).toPass({ timeout: 30_000 });
      if (javaScriptEnabled) {
        await hydrated(page);
        await axe();
      }
      // The oldest first.
      await expect(groups.nth(0).locator(".card-id")).toHaveText(["disc-0", "copy"]);
      await expect(groups.nth(0).getByText("100.0 % alike")).toBeVisible();
      await expect(groups.nth(1).locator(".card-id")).toHaveText(["note-1", "note-2"]);

      await page.getByText("Delete what is ticked …").click();
      await page.getByRole("button", { name: "Delete for good" }).click();
      await expect(page.locator(".error-summary")).toContainText("Must be at least one input.");
      await page.getByLabel("Delete copy").check();
      await page.getByLabel("Delete note-2").check();
      await page.getByRole("button", { name: "Delete for good" }).click();
      await expect(page.getByRole("heading", { name: "No duplicates" })).toBeVisible();
      await page.goto(`${app}/inputs`);
      for (const kept of [...NAMES.map((kind) => `${kind}-0`), "note-1"]) await expect(page.getByText(kept)).toBeVisible();
      await expect(page.getByText("note-2")).toHaveCount(0);

      // Less alike is what is asked for.
      await page.goto(`${app}/duplicates`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel("Alike by at least").selectOption({ label: "90 %" });
      await page.getByRole("button", { name: "Look" }).click();
      await expect(page).toHaveURL(`${app}/duplicates?from=90`);
      await expect(page.getByLabel("Alike by at least")).toHaveValue("90");
    });
  });
}
