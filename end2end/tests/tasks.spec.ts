import { expect, hydrated, test } from "./fixture";
import { addByPage, makeAccount, makeApp, openAs } from "./people";
import type { Page } from "@playwright/test";

const NOTES = ["The sign is bent.", "Stop here.", "Give way."].map((text, number) => ({
  name: `note-${number}.txt`,
  mimeType: "text/plain",
  buffer: Buffer.from(text),
}));

// What is refused is refused with a status that the browser notes.
test.use({ expectedNoise: [/status of (403|409|422)/] });

test("a task is made, labelled, reviewed and done", async ({ page, another, axe }) => {
  const app = await makeApp(page);
  const worker = makeAccount("Bo Worker");
  const reviewer = makeAccount("Di Reviewer");
  await addByPage(page, app, worker, /^Worker/);
  await addByPage(page, app, reviewer, /^Reviewer/);
  await page.goto(`${app}/inputs`);
  await hydrated(page);
  await page.getByLabel("Pictures and texts").setInputFiles(NOTES);
  await expect(page.getByRole("status")).toContainText("3 of 3 added.");
  await page.goto(`${app}/concepts`);
  for (const name of ["Stop", "Yield"]) {
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Add the concept" }).click();
    await expect(page.getByRole("row").filter({ hasText: name })).toBeVisible();
  }

  // The owner says who does what.
  await page.goto(`${app}/tasks`);
  await expect(page.getByRole("heading", { name: "No tasks yet" })).toBeVisible();
  await axe();
  await page.getByRole("link", { name: "New task" }).click();
  await hydrated(page);
  await axe();
  await page.getByRole("button", { name: "Make the task" }).click();
  await expect(page.locator(".error-summary")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("Signs");
  await page.getByLabel("Instructions").fill("Say what stands there.");
  const labellers = page.getByRole("group", { name: "Labellers" });
  await labellers.getByLabel("Bo Worker").check();
  await page.getByLabel("Reviewers", { exact: true }).check();
  await page.getByRole("group", { name: "Review" }).getByLabel("Di Reviewer").check();
  await page.getByRole("button", { name: "Make the task" }).click();
  await expect(page).toHaveURL(`${app}/tasks/signs`);
  await expect(page.getByText("Everything is reviewed.")).toBeVisible();
  await axe();

  // The labeller has three to do, by keyboard.
  const bo = await another();
  await openAs(bo, worker, `${app}/tasks`);
  await bo.getByRole("link", { name: "Label 3" }).click();
  await hydrated(bo);
  await axe(bo);
  await bo.keyboard.press("1");
  await expect(bo.getByLabel("Stop")).toBeChecked();
  await bo.keyboard.press("Enter");
  await expect(bo.getByText("2 left to label")).toBeVisible();
  await bo.getByLabel("Yield").check();
  await bo.getByRole("button", { name: "Submit" }).click();
  await expect(bo.getByText("1 left to label")).toBeVisible();
  await bo.getByText("Skip it …").click();
  await bo.getByRole("button", { name: "Skip this input" }).click();
  await expect(bo.locator(".field-error")).toBeVisible();
  await bo.getByLabel("Why").fill("Cannot be read.");
  await bo.getByRole("button", { name: "Skip this input" }).click();
  await expect(bo.getByRole("heading", { name: "Nothing to label" })).toBeVisible();

  // The reviewer gives one back and lets one pass.
  const di = await another();
  await openAs(di, reviewer, `${app}/tasks/signs/review`);
  await hydrated(di);
  await axe(di);
  await expect(di.getByText("Bo Worker said:")).toBeVisible();
  await di.getByLabel("Remark").fill("Look again.");
  await di.getByRole("button", { name: "Ask for changes" }).click();
  await expect(di.getByText("1 left to review")).toBeVisible();
  await di.getByRole("button", { name: "Approve" }).click();
  await expect(di.getByRole("heading", { name: "Nothing to review" })).toBeVisible();

  await bo.goto(`${app}/tasks/signs/label`);
  await hydrated(bo);
  await expect(bo.getByText("Look again.")).toBeVisible();
  await bo.getByRole("button", { name: "Submit" }).click();
  await expect(bo.getByRole("heading", { name: "Nothing to label" })).toBeVisible();
  await di.goto(`${app}/tasks/signs/review`);
  await hydrated(di);
  await di.getByRole("button", { name: "Approve" }).click();
  await expect(di.getByRole("heading", { name: "Nothing to review" })).toBeVisible();

  await page.goto(`${app}/tasks`);
  await expect(page.getByRole("row").filter({ hasText: "Signs" })).toContainText("3 of 3");
  // How it went is for those who see the people.
  await page.goto(`${app}/tasks/signs`);
  await page.getByRole("link", { name: "How the work goes on" }).click();
  await expect(page.getByRole("img", { name: "How far it is" })).toBeVisible();
  await hydrated(page);
  const figure = page.locator(".figure", { hasText: "What each submitted" });
  await expect(figure.getByRole("img")).toContainText("2 submitted, 100 % approved");
  await figure.getByText("The figures").click();
  await expect(figure.getByRole("row", { name: /Bo Worker/ })).toContainText("100 %");
  const saved = page.waitForEvent("download");
  await figure.getByRole("link", { name: "Download as CSV" }).click();
  expect((await saved).suggestedFilename()).toBe("signs-labellers.csv");
  await axe();
  await bo.goto(`${app}/tasks/signs/progress`);
  await expect(bo.getByText("Collaborators_Get").first()).toBeVisible();
  await bo.goto(`${app}/tasks/signs`);
  await expect(bo.getByRole("link", { name: "How the work goes on" })).toHaveCount(0);
  // A worker makes no tasks and deletes none.
  await bo.goto(`${app}/tasks/signs`);
  await expect(bo.getByText("Tasks_Delete").first()).toBeVisible();
  await expect(bo.getByRole("button", { name: "Delete this task" })).toHaveCount(0);
  await bo.goto(`${app}/tasks/new`);
  await expect(bo.getByRole("heading", { name: "You cannot change this" })).toBeVisible();
});
