import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "./fixture";
import { addByPage, makeAccount, makeApp, signInAs } from "./people";
import { appOfAda } from "./shapes";

/** A ball on a lawn, which was drawn for the tests of the models themselves. */
const BALL = new URL("../../crates/learn/tests/data/ball.png", import.meta.url);

const YAML = `
workflow:
  id: of-yaml
  nodes:
    - id: look
      model:
        model_id: general-image-recognition
        user_id: clarifai
        app_id: main
    - id: none
      model:
        model_id: concept-thresholder
        user_id: clarifai
        app_id: main
      node_inputs:
        - node_id: look
      output_info_override:
        output_config:
          min_value: 1.0
    - id: behind
      model:
        model_id: general-image-embedding
        user_id: clarifai
        app_id: main
      node_inputs:
        - node_id: none
`;

/** Types a node into a row of the editor, counted from 0. */
async function typeNode(page: Page, row: number, id: string, model: string, after = "", most = ""): Promise<void> {
  const fields = page.locator(".node-row").nth(row);
  await fields.getByLabel("Node").fill(id);
  await fields.getByLabel("Model").selectOption({ label: model });
  await fields.getByLabel("After").fill(after);
  await fields.getByLabel("At most").fill(most);
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    // What is refused is refused with a status that the browser notes; what records the test fetches the picture that is
    // shown out of the page's memory.
    test.use({ javaScriptEnabled, expectedNoise: [/status of (422|400|409)|^Connecting to 'blob:/] });

    test("a workflow is made row by row, run, changed, and deleted", async ({ page, axe }) => {
      const app = await makeApp(page);
      await page.goto(app);
      await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Workflows" }).click();
      await expect(page).toHaveURL(`${app}/workflows`);
      await expect(page.getByText("No workflows yet")).toBeVisible();
      await page.getByRole("link", { name: "New workflow" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("New workflow");
      if (javaScriptEnabled) await hydrated(page);

      // In a circle, which is said while it is typed, and when it is sent.
      await page.getByLabel("Id", { exact: true }).fill("balls");
      await typeNode(page, 0, "look", "General image recognition", "few");
      await typeNode(page, 1, "few", "Concept filter", "look", "3");
      const circle = page.getByText("must not go in a circle: look → few → look");
      if (javaScriptEnabled) await expect(circle).toBeVisible();
      await page.getByRole("button", { name: "Make the workflow" }).click();
      await expect(page.getByRole("alert")).toContainText("circle: look → few → look");
      await expect(page.locator(".node-row").nth(1).getByLabel("At most")).toHaveValue("3");
      if (javaScriptEnabled) await axe();
      await page.locator(".node-row").first().getByLabel("After").fill("");
      if (javaScriptEnabled) await expect(page.locator(".graph-node")).toHaveCount(3);
      await page.getByRole("button", { name: "Make the workflow" }).click();
      await expect(page).toHaveURL(`${app}/workflows/balls`);

      await expect(page.getByRole("img", { name: "look comes after the input. few comes after look." })).toBeVisible();
      await expect(page.getByRole("table", { name: "Nodes of the graph" })).toContainText("3 at most");
      if (javaScriptEnabled) {
        await hydrated(page);
        await axe();
      }
      await page.getByLabel("A picture", { exact: true }).setInputFiles({ name: "ball.png", mimeType: "image/png", buffer: await readFile(BALL) });
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Run" }).click();
      await expect(page.getByRole("table", { name: "look: ball.png" }).locator("tbody tr")).toHaveCount(20);
      await expect(page.getByRole("table", { name: "few: ball.png" }).locator("tbody tr")).toHaveCount(3);
      await page.getByLabel("A picture", { exact: true }).setInputFiles({ name: "words.png", mimeType: "image/png", buffer: Buffer.from("words") });
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Run" }).click();
      await expect(page.getByRole("alert").first()).toContainText("PNG, JPEG, GIF, WebP or BMP");

      await page.getByRole("link", { name: "Edit", exact: true }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Edit balls");
      if (javaScriptEnabled) await hydrated(page);
      await expect(page.locator(".node-row").nth(1).getByLabel("After")).toHaveValue("look");
      await typeNode(page, 2, "embed", "General image embedding", "few");
      await page.getByRole("button", { name: "Save as a new version" }).click();
      await expect(page).toHaveURL(`${app}/workflows/balls`);
      await expect(page.getByRole("table", { name: "Versions" }).locator("tbody tr")).toHaveCount(2);
      await expect(page.getByRole("table", { name: "Nodes of the graph" }).locator("tbody tr")).toHaveCount(3);

      await page.getByText("Delete it …").click();
      await page.getByRole("button", { name: "Delete this workflow" }).click();
      await expect(page).toHaveURL(`${app}/workflows`);
      await expect(page.getByText("No workflows yet")).toBeVisible();
    });

    test("a filter that a program made says what it lets through, and stands in a workflow", async ({ page, axe }) => {
      const { app, token } = await appOfAda(page);
      const [, owner, slug] = app.split("/");
      const model = {
        id: "surest",
        display_name: "The three surest",
        model_type_id: "concept-thresholder",
        model_version: { output_info: { output_config: { max_concepts: 3 } } },
      };
      const headers = { authorization: `Key ${token}` };
      const made = await page.request.post(`/v2/users/${owner}/apps/${slug}/models`, { data: { model }, headers });
      expect(made.status()).toBe(200);

      await page.goto(`${app}/models`);
      const own = page.getByRole("table", { name: "Models of this app" });
      await expect(own).toContainText("3 at most");
      await own.getByRole("link", { name: "The three surest" }).click();
      const versions = page.getByRole("table", { name: "Versions" });
      await expect(versions).toContainText("3 at most");
      await expect(page.getByRole("button", { name: "Train", exact: true })).toHaveCount(0);
      if (javaScriptEnabled) {
        await hydrated(page);
        await axe();
      }
      await versions.getByRole("link").click();
      await expect(page.getByText("3 at most").first()).toBeVisible();

      await page.goto(`${app}/new-workflow`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel("Id", { exact: true }).fill("surest");
      await typeNode(page, 0, "look", "General image recognition");
      await typeNode(page, 1, "few", "The three surest", "look");
      await page.getByRole("button", { name: "Make the workflow" }).click();
      await expect(page).toHaveURL(`${app}/workflows/surest`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel("A picture", { exact: true }).setInputFiles({ name: "ball.png", mimeType: "image/png", buffer: await readFile(BALL) });
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Run" }).click();
      await expect(page.getByRole("table", { name: "few: ball.png" }).locator("tbody tr")).toHaveCount(3);
    });

    test("a workflow is imported from YAML, and downloaded as it", async ({ page }) => {
      const app = await makeApp(page);
      await page.goto(`${app}/new-workflow`);
      if (javaScriptEnabled) await hydrated(page);
      const bring = async (text: string) => {
        if (javaScriptEnabled) {
          const file = { name: "w.yml", mimeType: "text/yaml", buffer: Buffer.from(text) };
          await page.getByLabel("A file").setInputFiles(file);
          await expect(page.getByLabel("YAML", { exact: true })).toHaveValue(text);
        } else {
          await page.getByLabel("YAML", { exact: true }).fill(text);
        }
        await page.getByRole("button", { name: "Import the workflow" }).click();
      };
      await bring(YAML.replace("min_value", "least"));
      await expect(page.getByRole("alert")).toContainText(/in line 1\d/);
      await bring(YAML.replace("- node_id: look", "- node_id: nobody"));
      await expect(page.getByRole("alert")).toContainText("none comes after nobody, which is none of the nodes");
      await bring(YAML);
      await expect(page).toHaveURL(`${app}/workflows/of-yaml`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel("A picture", { exact: true }).setInputFiles({ name: "ball.png", mimeType: "image/png", buffer: await readFile(BALL) });
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Run" }).click();
      await expect(page.getByText("It did not run: none gave nothing.")).toBeVisible();
      const href = await page.getByRole("link", { name: "Download as YAML" }).getAttribute("href");
      const exported = decodeURIComponent(href!.slice(href!.indexOf(",") + 1));
      expect(exported).toContain("model_version_id: 04e219239bec3b8cddf00746fc278fbe");

      await page.goto(`${app}/new-workflow`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel("Another id").fill("again");
      await bring(exported);
      await expect(page).toHaveURL(`${app}/workflows/again`);
      await expect(page.getByRole("table", { name: "Nodes of the graph" })).toContainText("at least 1 sure");
      await page.goto(`${app}/workflows`);
      await expect(page.getByRole("table", { name: "Workflows" }).locator("tbody tr")).toHaveCount(2);
    });
  });
}

test("whoever may see workflows and not make them hears why", async ({ page, another }) => {
  const app = await makeApp(page);
  const email = makeAccount("Edith Clarke");
  await addByPage(page, app, email, /Viewer/);
  const other = await another();
  await signInAs(other, email, `${app}/workflows`);
  await expect(other.getByText(/needs `?Workflows.Add`?/)).toBeVisible();
  await expect(other.getByRole("link", { name: "New workflow" })).toHaveCount(0);
});
