import { expect, hydrated, test } from "./fixture";
import { picture as shot } from "./pictures";
import { NAMES, addPictures, appWithPictures } from "./shapes";

// What is refused is refused with a status that the browser notes.
test.use({ expectedNoise: [/status of 422/] });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a model suggests what is there, and one key hands that in", async ({ page, axe }) => {
      test.setTimeout(120_000);
      const { app, token } = await appWithPictures(page, 12);
      await addPictures(page, app, token, [100], false);

      // The owner has a model learn from what is labelled.
      await page.goto(`${app}/models/new`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel("Name", { exact: true }).fill("Shapes");
      for (const kind of NAMES) await page.getByLabel(kind, { exact: true }).check();
      await page.getByRole("button", { name: "Make the model" }).click();
      await expect(page).toHaveURL(`${app}/models/shapes`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByRole("button", { name: "Train", exact: true }).click();
      await expect(async () => {
        await page.goto(`${app}/models/shapes`);
        await expect(page.getByRole("link", { name: /^Figures/ })).toHaveCount(1, { timeout: 500 });
      }).toPass({ timeout: 60_000 });

      // And it helps with the rest.
      await page.goto(`${app}/tasks/new`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel("Name", { exact: true }).fill("The rest");
      await page.getByLabel("Some inputs, by their ids").check();
      await page.getByLabel("Ids of inputs").fill(NAMES.map((kind) => `${kind}-100`).join("\n"));
      await page.getByRole("group", { name: "Labellers" }).getByLabel("Ada Lovelace").check();
      await page.getByRole("button", { name: "Make the task" }).click();
      await expect(page).toHaveURL(`${app}/tasks/the-rest`);
      await expect(page.getByText("No model suggests anything to those who label.")).toBeVisible();
      if (javaScriptEnabled) await hydrated(page);
      await page.getByText("Have a model help …").click();
      await page.getByLabel("Model", { exact: true }).selectOption({ label: "Shapes" });
      if (javaScriptEnabled) await axe();
      await page.getByLabel("Suggest from, in %").fill("100");
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.locator(".error-summary")).toContainText("Must be over 0 and below 1");
      await page.getByLabel("Suggest from, in %").fill("40");
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByText("suggests what it is at least 40 % sure of.")).toBeVisible();

      // A labeller sees what it finds before they say what is there.
      const suggestion = page.locator(".suggestion");
      await expect(async () => {
        await page.goto(`${app}/tasks/the-rest/label`);
        await expect(suggestion).toBeVisible({ timeout: 500 });
      }).toPass({ timeout: 30_000 });
      if (javaScriptEnabled) {
        await hydrated(page);
        await axe();
        await shot(page, "suggestions");
      }
      const submit = async (): Promise<void> => {
        if (javaScriptEnabled) await page.keyboard.press("a");
        else await page.getByRole("button", { name: "Submit that" }).click();
      };
      await expect(page.getByText("3 left to label")).toBeVisible();
      await expect(suggestion).toContainText(/“Shapes” suggests (disc|stripes|chequers)\./);
      await expect(page.locator(".probability")).toHaveCount(3);
      await expect(page.locator(".label-choice :checked")).toHaveCount(0);
      await submit();
      await expect(page.getByText("2 left to label")).toBeVisible();
      if (javaScriptEnabled) await hydrated(page);
      // Whoever knows better says so.
      const suggested = /suggests (\w+)/.exec(await suggestion.innerText())?.[1];
      const other = NAMES.find((kind) => kind !== suggested) ?? "";
      await page.getByLabel(other, { exact: false }).check();
      await page.getByRole("button", { name: "Submit", exact: true }).click();
      await expect(page.getByText("1 left to label")).toBeVisible();

      await page.goto(`${app}/tasks/the-rest`);
      await expect(
        page.getByText("Of 2 inputs with suggestions, 1 was labelled as suggested, and 1 otherwise."),
      ).toBeVisible();
      // What was handed in is what was suggested.
      const [, owner, slug] = app.split("/");
      const found = await page.request.get(`/v2/users/${owner}/apps/${slug}/annotations?task_id=the-rest`, {
        headers: { authorization: `Key ${token}` },
      });
      const { annotations } = (await found.json()) as {
        annotations: { model_version_id: string; data: { concepts: { id: string }[] } }[];
      };
      expect(annotations).toHaveLength(2);
      for (const annotation of annotations) expect(annotation.model_version_id).toMatch(/^[0-9a-f]{32}$/);
      expect(annotations[1]?.data.concepts.map((concept) => concept.id)).toEqual([other]);

      // It helps no more.
      if (javaScriptEnabled) await hydrated(page);
      await page.getByText("Change that …").click();
      await page.getByLabel("Model", { exact: true }).selectOption({ label: "None" });
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByText("No model suggests anything to those who label.")).toBeVisible();
      await page.goto(`${app}/tasks/the-rest/label`);
      await expect(page.getByText("1 left to label")).toBeVisible();
      await expect(page.locator(".probability")).toHaveCount(0);
    });
  });
}
