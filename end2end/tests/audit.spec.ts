import { readFile } from "node:fs/promises";
import { expect, test } from "./fixture";
import { addByPage, makeAccount, makeApp, signedIn } from "./people";

test("the audit list tells what came and what went, and is filtered", async ({ page, open, axe }) => {
  const app = await makeApp(page);
  await addByPage(page, app, makeAccount("Bo Lindqvist"));
  await open(`${app}/settings/audit`);
  const added = page.getByRole("row").filter({ hasText: "added Bo Lindqvist" });
  await expect(added.locator("ins")).toContainText("Annotations_Add");
  await expect(page.getByRole("row").filter({ hasText: "made the app street-signs" })).toBeVisible();
  await axe();

  await page.getByLabel("About").selectOption("Collaborators");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/action=collaborator/);
  await expect(page.getByRole("row").filter({ hasText: "made the app" })).toHaveCount(0);
  await expect(added).toBeVisible();

  await open("/account/audit?subject=nobody-of-that-name");
  await expect(page.getByRole("heading", { name: "Nothing to tell" })).toBeVisible();
  await axe();
});

test("what the filter shows is downloaded whole", async ({ page, open, axe }) => {
  const app = await makeApp(page);
  await addByPage(page, app, makeAccount("Bo Lindqvist"));
  await open(`${app}/settings/audit`);
  await page.getByLabel("About").selectOption("Collaborators");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/action=collaborator/);
  await axe();

  // A link as any other: it works without scripts, and the application does not take it for one of its pages.
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  const table = await download;
  expect(table.suggestedFilename()).toMatch(/-street-signs-audit\.csv$/);
  const rows = (await readFile(await table.path(), "utf8")).trimEnd().split("\r\n");
  expect(rows).toHaveLength(2);
  expect(rows[1]).toContain('"collaborator.added"');
  await expect(page.getByRole("heading", { name: "Audit", level: 1 })).toBeVisible();

  const lines = await page.getByRole("link", { name: "JSON Lines" }).getAttribute("href");
  const answer = await page.request.get(lines!);
  expect(answer.headers()["content-disposition"]).toContain("attachment");
  expect(JSON.parse(await answer.text()).subject).toBe("Bo Lindqvist");
});

test("a key is made for one app, and the API page marks what it can call", async ({ page, open, axe, request }) => {
  const app = await makeApp(page);
  await open("/account/keys/new");
  await axe();
  await page.getByLabel("What it is for").fill("Nightly import");
  await page.getByLabel("Reaches").selectOption("Street signs only");
  await page.getByRole("button", { name: "Make the key" }).click();
  const secret = await page.locator(".secret-value code").innerText();
  const inputs = (method: string) =>
    request.fetch(`/v2/users/me${app.replace(/^\/[^/]+/, "/apps")}/inputs`, {
      method,
      headers: { authorization: `Key ${secret}` },
      ...(method === "POST" && { data: { inputs: [{ data: { text: { raw: "Bent." } } }] } }),
    });
  expect((await inputs("GET")).status()).toBe(200);
  const refused = await inputs("POST");
  expect(refused.status()).toBe(403);
  expect((await refused.json()).status.details).toContain("Inputs_Add");

  await open(`${app}/settings/api`);
  await expect(page.getByRole("row").filter({ hasText: "PostInputs" }).first()).toContainText("Open");
  await page.getByLabel("Show what can be called with").selectOption("Nightly import");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByRole("row").filter({ hasText: "ListInputs" }).first()).toContainText("Open");
  const post = page.getByRole("row").filter({ hasText: "PostInputs" }).first();
  await expect(post).toContainText("Refused");
  await expect(post).toContainText("Inputs_Add");
  await axe();
});

test("what a collaborator cannot call says who could give it", async ({ page, browser }) => {
  const app = await makeApp(page);
  const bo = makeAccount("Bo Lindqvist");
  await addByPage(page, app, bo);
  const other = await signedIn(browser, bo, `${app}/settings/api`);
  const remove = other.getByRole("row").filter({ hasText: "DeleteAnnotations" });
  await expect(remove).toContainText("Annotations_Delete");
  await expect(remove).toContainText("Grace Hopper");
  // All of it is seen: who could give it stands at the end.
  const cut = await remove.locator(".is-reason").evaluate((reason) => reason.scrollHeight - reason.clientHeight);
  expect(cut).toBe(0);
});
