import { crc32, deflateSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture";
import { addByPage, linkInMail, makeApp, PASSWORD, signIn, signUp } from "./people";

/** A picture of one colour, as PNG. */
function png(width: number, height: number, [red, green, blue]: [number, number, number]): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "ascii"), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits for each of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.from([0, ...Array.from({ length: width }, () => [red, green, blue]).flat()]);
  const rows = Buffer.concat(Array.from({ length: height }, () => row));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const FILES = [
  { name: "stop.png", mimeType: "image/png", buffer: png(320, 240, [170, 40, 30]) },
  { name: "yield.png", mimeType: "image/png", buffer: png(240, 320, [240, 200, 40]) },
  { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("The sign is bent.\r\nSend somebody.") },
];

/** Makes an account of its own for a test, an app in it, and opens the app's inputs. */
async function openInputs(page: Page): Promise<string> {
  const app = await makeApp(page);
  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Inputs" }).click();
  await expect(page.getByRole("heading", { name: "No inputs yet" })).toBeVisible();
  return app;
}

/** The card of an input in the list. */
function card(page: Page, id: string) {
  return page.getByRole("listitem").filter({ has: page.getByRole("link", { name: id }) });
}

test("inputs are added, annotated by mouse and keyboard, found and deleted", async ({ page, axe }) => {
  const app = await openInputs(page);
  await axe();

  await page.getByLabel("Pictures and texts").setInputFiles(FILES);
  await expect(page.getByRole("status")).toContainText("3 of 3 added.");
  for (const id of ["stop", "yield", "letter"]) await expect(card(page, id)).toBeVisible();
  await expect(card(page, "letter")).toContainText("The sign is bent.");
  const thumbnail = page.locator('img[src$="/stop/thumbnail"]');
  await expect.poll(() => thumbnail.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  await axe();
  await page.getByRole("button", { name: "Clear what has ended" }).click();
  await expect(page.getByRole("complementary", { name: "Uploads" })).toBeHidden();

  // A concept of the whole, which is made on the way.
  await page.getByRole("link", { name: "stop" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("stop");
  await page.getByLabel("Add a concept").fill("red");
  await page.keyboard.press("Enter");
  const concepts = page.getByRole("list", { name: "Concepts of the whole input" });
  await expect(concepts).toContainText("red");

  // A box by the mouse.
  const drawing = page.getByRole("application", { name: "Drawing over stop" });
  const area = await drawing.boundingBox();
  if (!area) throw new Error("the picture has no size");
  const at = (col: number, row: number) => [area.x + col * area.width, area.y + row * area.height] as const;
  await page.mouse.move(...at(0.1, 0.1));
  await page.mouse.down();
  await page.mouse.move(...at(0.3, 0.3));
  await page.mouse.move(...at(0.4, 0.5));
  await page.mouse.up();
  const naming = page.locator(".naming");
  await expect(naming.getByLabel("Concept")).toBeFocused();
  await page.keyboard.type("letters");
  await page.keyboard.press("Enter");
  const first = page.getByRole("button", { name: "letters, by Grace Hopper" });
  await expect(first).toBeVisible();
  await expect(naming).toBeHidden();

  // A box by the keyboard.
  await page.getByRole("button", { name: "New box" }).click();
  await expect(drawing).toBeFocused();
  for (let step = 0; step < 10; step += 1) await page.keyboard.press("ArrowRight");
  for (let step = 0; step < 5; step += 1) await page.keyboard.press("Shift+ArrowDown");
  await expect(page.locator(".toasts")).toContainText("48 % from the left");
  await expect(page.locator(".toasts")).toContainText("30 % high");
  await axe();
  await page.keyboard.press("Enter");
  await expect(naming.getByLabel("Concept")).toBeFocused();
  await page.keyboard.type("pole");
  await page.keyboard.press("Enter");
  const second = page.getByRole("button", { name: "pole, by Grace Hopper" });
  await expect(second).toBeVisible();
  await expect(page.getByText("All of it is saved.")).toBeVisible();
  await axe();

  // Both are there for everybody who comes later.
  await page.reload();
  await expect(concepts).toContainText("red");
  await expect(second).toHaveAccessibleName(/48 % from the left/);
  await expect(first).toHaveAccessibleName(/(9|10) % from the left/);

  // What is removed can be put back.
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  await second.click();
  await page.keyboard.press("Delete");
  await expect(second).toBeHidden();
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await expect(second).toBeVisible();

  // A part of a text, without a mouse.
  const hasNewer = (await page.getByRole("link", { name: "Newer" }).count()) > 0;
  await page.keyboard.press(hasNewer ? "[" : "]");
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("stop");
  await page.goto(`${app}/inputs/letter`);
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  await page.getByLabel("Words of the text").fill("Send");
  await page.getByRole("button", { name: "Mark the next" }).click();
  await naming.getByLabel("Concept").fill("request");
  await page.keyboard.press("Enter");
  await expect(page.locator("mark.span")).toHaveText("Send");
  await axe();

  // They are found by what was said.
  await page.goto(`${app}/inputs?concept=letters`);
  await expect(card(page, "stop")).toContainText("letters");
  await expect(page.locator(".card")).toHaveCount(1);
  await page.goto(`${app}/concepts`);
  const row = page.getByRole("row").filter({ hasText: "pole" });
  await expect(row.getByRole("link", { name: "1", exact: true })).toBeVisible();
  await row.getByRole("link", { name: "pole" }).click();
  await page.getByLabel("Name", { exact: true }).first().fill("Signpost");
  await page.getByRole("button", { name: "Save the concept" }).click();
  await expect(page.getByRole("heading", { name: "Signpost" })).toBeVisible();
  await page.goto(`${app}/concepts`);
  await expect(page.getByRole("row").filter({ hasText: "Signpost" })).toBeVisible();
  await axe();

  await page.goto(`${app}/inputs/yield`);
  await page.getByText("Delete it …").click();
  await page.getByRole("button", { name: "Delete this input" }).click();
  await expect(page).toHaveURL(`${app}/inputs`);
  await expect(card(page, "stop")).toBeVisible();
  await expect(card(page, "yield")).toHaveCount(0);
});

test.describe("a file that is no picture", () => {
  test.use({ expectedNoise: [/status of 422/] });

  test("is refused beside its name, and the others are not", async ({ page }) => {
    await openInputs(page);
    await page.getByLabel("Pictures and texts").setInputFiles([
      ...FILES.slice(0, 1),
      { name: "broken.png", mimeType: "image/png", buffer: Buffer.from("this is no picture") },
    ]);
    const broken = page.locator(".upload").filter({ hasText: "broken.png" });
    await expect(broken.getByRole("button", { name: "Try again" })).toBeVisible();
    await expect(broken.locator(".field-error")).not.toBeEmpty();
    await expect(page.getByRole("status")).toContainText("1 of 2 added, 1 failed.");
    await expect(card(page, "stop")).toBeVisible();
  });
});

test("a worker annotates and deletes nothing", async ({ page, browser }) => {
  const app = await openInputs(page);
  await page.getByLabel("Pictures and texts").setInputFiles(FILES.slice(0, 1));
  await expect(card(page, "stop")).toBeVisible();

  // Whoever is invited joins with the proof that the address is theirs.
  const context = await browser.newContext();
  const other = await context.newPage();
  const email = await signUp(other, "Edith Clarke");
  await addByPage(page, app, email);
  await other.goto(await linkInMail(email, /\/verify\/\S+/));
  await other.getByLabel("Password").fill(PASSWORD);
  await other.getByRole("button", { name: "Confirm this address" }).click();
  await expect(other.getByText("Street signs")).toBeVisible();

  await other.goto(`${app}/inputs/stop`);
  await signIn(other, email);
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("stop");
  await expect(other.getByLabel("Add a concept")).toBeVisible();
  await expect(other.getByRole("button", { name: "Delete this input" })).toHaveCount(0);
  await expect(other.getByText("Inputs_Delete").first()).toBeVisible();
  await context.close();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("inputs are added and concepts said by plain forms", async ({ page }) => {
    await openInputs(page);
    await page.getByLabel("Pictures and texts").setInputFiles(FILES.slice(0, 1));
    await page.getByLabel("Or a text").fill("Keep left.");
    await page.getByRole("button", { name: "Add them" }).click();
    await expect(page.getByText("2 added.")).toBeVisible();

    await page.getByRole("link", { name: "stop" }).click();
    await page.getByLabel("Add a concept").fill("red");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    const concepts = page.getByRole("list", { name: "Concepts of the whole input" });
    await expect(concepts).toContainText("red");
    await concepts.getByRole("button", { name: "Remove red" }).click();
    await expect(page.getByText("Nobody has said what is in it.")).toBeVisible();
  });
});
