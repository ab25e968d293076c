import { expect, hydrated, test } from "./fixture";
import { NAMES, appWithPictures, pictureOf } from "./shapes";

// What is refused is refused with a status that the browser notes; what is shown is fetched out of the page's memory.
test.use({ expectedNoise: [/status of (404|422)|^Connecting to 'blob:/] });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a model is shared with another app, asked there, and taken away again", async ({ page, axe }) => {
      test.setTimeout(120_000);
      const { app, token } = await appWithPictures(page, 8);
      const [, owner, slug] = app.split("/");
      const headers = { authorization: `Key ${token}` };
      const models = `/v2/users/${owner}/apps/${slug}/models`;
      const model = { id: "shapes", display_name: "Shapes", model_type_id: "embedding-classifier" };
      expect((await page.request.post(models, { data: { model }, headers })).status()).toBe(200);
      const versions = `${models}/shapes/versions`;
      expect((await page.request.post(versions, { data: { model_versions: [{}] }, headers })).status()).toBe(200);
      await page.goto("/apps/new");
      await page.getByLabel("Name", { exact: true }).fill("Library");
      await page.getByRole("button", { name: "Make the app" }).click();
      await expect(page).toHaveURL(/\/library$/);
      const library = new URL(page.url()).pathname;
      await expect(async () => {
        await page.goto(`${app}/models/shapes`);
        await expect(page.getByRole("link", { name: /^Figures/ })).toHaveCount(1, { timeout: 500 });
      }).toPass({ timeout: 60_000 });

      if (javaScriptEnabled) await hydrated(page);
      await page.getByRole("button", { name: "Share", exact: true }).click();
      await expect(page.locator(".error-summary")).toContainText("must be an app to which you may add models", {
        ignoreCase: true,
      });
      await page.getByLabel("Share with").selectOption(`${owner}/library`);
      await page.getByRole("button", { name: "Share", exact: true }).click();
      const shares = page.getByRole("table", { name: "Apps with which it is shared" });
      await expect(shares.locator("tbody tr")).toHaveCount(1);
      await expect(shares).toContainText(`${owner}/library`);
      if (javaScriptEnabled) {
        await hydrated(page);
        await axe();
      }

      // There it stands among that app's own models, and says what is in a picture.
      await page.goto(`${library}/models`);
      const own = page.getByRole("table", { name: "Models of this app" });
      await expect(own.locator("tbody tr")).toHaveCount(1);
      await expect(own).toContainText(`Shared by ${owner}/${slug}`);
      await own.getByRole("link", { name: "Shapes" }).click();
      await expect(page.getByRole("heading", { name: "Shared by another app" })).toBeVisible();
      await expect(page.getByText(`${owner}/${slug}`, { exact: true })).toBeVisible();
      // Nothing that could change it, and nothing of what it learned from.
      for (const name of ["Train", "Share"]) await expect(page.getByRole("button", { name, exact: true })).toHaveCount(0);
      await expect(page.getByRole("link", { name: /^Figures/ })).toHaveCount(0);
      if (javaScriptEnabled) {
        await hydrated(page);
        await axe();
      }
      const buffer = pictureOf("disc", 100);
      await page.getByLabel("A picture").setInputFiles({ name: "disc.png", mimeType: "image/png", buffer });
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Predict" }).click();
      const found = page.getByRole("table", { name: "What was found in disc.png" }).locator("tbody tr");
      await expect(found).toHaveCount(NAMES.length);

      // Where it comes from it is taken away again.
      await page.goto(`${app}/models/shapes`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByRole("button", { name: "Stop sharing with Library" }).click();
      await expect(shares).toHaveCount(0);
      await page.goto(`${library}/models`);
      await expect(page.getByText("None yet.")).toBeVisible();
      await page.goto(`${library}/models/shapes`);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
    });
  });
}
