import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixture";
import { DEMO } from "./files";
import { atRest, makeAccount, makeApp } from "./people";

const INPUT = "stop-sign-in-the-village";

/** Presses Tab, or with Shift, until the focus is on `goal`. */
async function tabTo(page: Page, goal: Locator, key = "Tab"): Promise<void> {
  for (let presses = 0; presses < 200; presses++) {
    if ((await goal.count()) === 1 && (await goal.evaluate((element) => element === document.activeElement))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never came to ${goal}`);
}

/** Opens the list of shortcuts and closes it; the focus is where it was. */
async function listShortcuts(page: Page, from: Locator, names: string[]): Promise<void> {
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(list).toBeVisible();
  for (const name of names) await expect(list).toContainText(name);
  await page.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await expect(from).toBeFocused();
}

test("somebody is added, edited and removed by the keyboard alone", async ({ page, axe }) => {
  const bo = makeAccount("Bo Lindqvist");
  await makeApp(page);
  const rooms = page.getByRole("navigation", { name: "Rooms" });
  await tabTo(page, rooms.getByRole("link", { name: "Collaborators" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Collaborators");
  const opener = page.getByRole("link", { name: "Add Collaborators" });
  await tabTo(page, opener);
  await listShortcuts(page, opener, ["Add collaborators"]);

  // One layer closes, and the focus is back.
  const dialog = page.getByRole("dialog", { name: "Add collaborators to Street signs" });
  await page.keyboard.press("i");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();

  await page.keyboard.press("Enter");
  // One types whom to add at once.
  await expect(dialog.getByLabel("People")).toBeFocused();
  await page.keyboard.type(bo);
  // The presets are one group: Tab comes to the one that is chosen, the arrow keys choose another.
  await tabTo(page, dialog.getByRole("radio", { name: /^Worker/ }));
  await page.keyboard.press("ArrowUp");
  await expect(dialog.getByRole("radio", { name: /^Viewer/ })).toBeChecked();
  await tabTo(page, dialog.getByRole("checkbox", { name: "Search", exact: true }).first());
  await page.keyboard.press("Space");
  await expect(dialog.locator(".choice-can")).toContainText("save searches");
  await tabTo(page, dialog.getByRole("button", { name: /^Confirm/ }));
  await axe();
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
  const row = page.getByRole("row").filter({ hasText: bo });
  await expect(row).toContainText("Viewer + Search");

  const edit = page.getByRole("link", { name: "Edit Bo Lindqvist" });
  const access = page.getByRole("dialog", { name: "Access of Bo Lindqvist" });
  await tabTo(page, edit);
  await page.keyboard.press("Enter");
  await expect(access).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(access).toBeHidden();
  await expect(edit).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, access.getByRole("radio", { name: /^My own choice/ }));
  const worker = access.getByRole("radio", { name: /^Worker/ });
  for (let presses = 0; presses < 5; presses++) await page.keyboard.press("ArrowUp");
  await expect(worker).toBeChecked();
  await expect(access.locator(".diff")).toContainText("They will also be able to add annotations");
  await tabTo(page, access.getByRole("button", { name: /^Confirm/ }));
  await page.keyboard.press("Enter");
  await expect(access).toBeHidden();
  await expect(row).toContainText("Worker");
  await expect(edit).toBeFocused();

  // What takes something away begins at the way out.
  const remove = page.getByRole("link", { name: "Remove Bo Lindqvist" });
  const question = page.getByRole("dialog", { name: "Remove Bo Lindqvist?" });
  await tabTo(page, remove);
  await page.keyboard.press("Enter");
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(question).toBeHidden();
  await expect(remove).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, question.getByRole("button", { name: "Remove Bo Lindqvist" }));
  await axe();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Nobody else works here yet" })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
});

test("an input gets a concept and a box by the keyboard alone", async ({ page, axe }) => {
  const app = await makeApp(page);
  await page.goto(`${app}/inputs`);
  await page.getByLabel("Pictures and texts").setInputFiles(join(DEMO, `${INPUT}.jpg`));
  const link = page.getByRole("link", { name: INPUT });
  await expect(link).toBeVisible();
  await atRest(page);

  // To the words, from them to the input.
  await page.keyboard.press("/");
  await expect(page.getByLabel("Words", { exact: true })).toBeFocused();
  await page.keyboard.type("/?");
  await expect(page.getByLabel("Words", { exact: true })).toHaveValue("/?");
  await tabTo(page, link);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(INPUT);

  const concept = page.getByLabel("Add a concept");
  await tabTo(page, concept);
  await page.keyboard.type("village");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("list", { name: "Concepts of the whole input" })).toContainText("village");
  await expect(concept).toBeFocused();
  await atRest(page);

  const opener = page.getByRole("button", { name: "New box" });
  const drawing = page.getByRole("application", { name: /^Drawing over/ });
  const field = page.locator(".naming").getByLabel("Concept");
  const box = page.locator(".drawn.is-chosen rect");
  await tabTo(page, opener);
  await listShortcuts(page, opener, ["List the shortcuts"]);
  await page.keyboard.press("Enter");
  await expect(drawing).toBeFocused();
  await expect(box).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(box).toBeHidden();
  await expect(drawing).toBeFocused();

  await page.keyboard.press("a");
  await expect(box).toBeVisible();
  for (let step = 0; step < 9; step += 1) await page.keyboard.press("ArrowRight");
  for (let step = 0; step < 3; step += 1) await page.keyboard.press("ArrowUp");
  for (let step = 0; step < 5; step += 1) await page.keyboard.press("Shift+ArrowLeft");
  await expect(page.locator(".toasts")).toContainText("% from the left");
  await page.keyboard.press("Enter");
  await expect(field).toBeFocused();
  await axe();
  await page.keyboard.type("sign");
  await page.keyboard.press("Enter");
  const saved = page.getByRole("button", { name: "sign, by Grace Hopper" });
  await expect(saved).toBeVisible();
  await expect(field).toBeHidden();
  await expect(drawing).toBeFocused();
  await atRest(page);

  // Another place, without another word; then away with it, and back.
  const before = await saved.getAttribute("aria-label");
  await page.keyboard.press("n");
  await page.keyboard.press("ArrowLeft");
  await expect(saved).not.toHaveAccessibleName(before ?? "");
  await expect(page.getByText("All of it is saved.")).toBeVisible();
  await page.keyboard.press("Delete");
  await expect(saved).toBeHidden();
  await tabTo(page, page.locator(".toast").getByRole("button", { name: "Undo" }));
  await page.keyboard.press("Enter");
  await expect(saved).toBeVisible();
});
