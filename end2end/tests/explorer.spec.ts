import type { Page } from "@playwright/test";
import { type Caller, withToken } from "./calls";
import { archiveOfTexts } from "./files";
import { expect, hydrated, test } from "./fixture";
import { addByPage, makeAccount, makeAccountWithToken, makeApp, openAndListening, signInAs } from "./people";

/** So many short texts about signs of a colour, as files. */
function texts(colour: string, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    name: `${colour}-${index}.txt`,
    mimeType: "text/plain",
    buffer: Buffer.from(`A ${colour} sign, number ${index}.`),
  }));
}

/** Makes an app with texts in it, and opens the list of them; answers the app's path. */
async function fill(page: Page, scripts = true): Promise<string> {
  const app = await makeApp(page);
  await page.goto(`${app}/inputs`);
  const files = [...texts("red", 5), ...texts("green", 3)];
  if (scripts) {
    await hydrated(page);
    await page.getByLabel("Pictures and texts").setInputFiles(files);
    await expect(page.getByRole("status")).toContainText("8 of 8 added.");
    await page.getByRole("button", { name: "Clear what has ended" }).click();
  } else {
    await page.getByLabel("Pictures and texts").setInputFiles(files);
    await page.getByRole("button", { name: "Add them" }).click();
    await expect(page.getByText("8 added.")).toBeVisible();
  }
  await page.goto(`${app}/inputs`);
  if (scripts) await hydrated(page);
  return app;
}

/** Adds texts `note-00000`, … to an app. */
async function addNotes(call: Caller, from: number, count: number): Promise<void> {
  const note = (number: number) => ({
    id: `note-${String(number).padStart(5, "0")}`,
    data: { text: { raw: `Note ${number} about a sign.` } },
  });
  for (let begin = from; begin < from + count; begin += 100) {
    const length = Math.min(100, from + count - begin);
    const inputs = Array.from({ length }, (_, index) => note(begin + index));
    expect(await call("POST", "/inputs", { inputs })).toMatchObject({ http: 200 });
  }
}

/** Makes an app of somebody new with so many notes, and opens the list of them. */
async function fillWithNotes(page: Page, count: number, scripts = true): Promise<{ app: string; call: Caller }> {
  const { email, token } = makeAccountWithToken("Hedy Lamarr");
  await signInAs(page, email, "/apps/new");
  await page.getByLabel("Name", { exact: true }).fill("Street signs");
  await page.getByRole("button", { name: "Make the app" }).click();
  await expect(page).toHaveURL(/\/street-signs$/);
  const app = new URL(page.url()).pathname;
  const call = withToken(page.request, app, token);
  await addNotes(call, 0, count);
  if (scripts) await openAndListening(page, `${app}/inputs`);
  else await page.goto(`${app}/inputs`);
  return { app, call };
}

/** Scrolls until so many inputs have been fetched; answers the most that were in the document at once. */
async function scrollTo(page: Page, place: number): Promise<number> {
  let most = 0;
  await expect
    .poll(
      async () => {
        const { last, count } = await page.evaluate(() => {
          window.scrollBy(0, window.innerHeight * 0.9);
          const there = [...document.querySelectorAll("[data-place]")];
          return { last: Number(there.at(-1)?.getAttribute("data-place")), count: there.length };
        });
        most = Math.max(most, count);
        return last;
      },
      { timeout: 60_000, intervals: [30] },
    )
    .toBeGreaterThanOrEqual(place);
  // What was scrolled to is drawn a moment later, and more of it has to be fetched where the machine is busy.
  const edges = () =>
    page.evaluate(() => {
      const there = [...document.querySelectorAll("[data-place]")];
      return [there.at(0), there.at(-1)].map((one) => one?.getAttribute("data-place")).join();
    });
  await expect(async () => {
    const before = await edges();
    await page.waitForTimeout(300);
    expect(await edges()).toBe(before);
  }).toPass();
  return most;
}

/** The first input below the top of the window, and how far below it is. */
async function standing(page: Page): Promise<{ id: string; top: number }> {
  return page.evaluate(() => {
    const below = [...document.querySelectorAll("[data-place]")].find((one) => one.getBoundingClientRect().top >= 60);
    const top = Math.round(below?.getBoundingClientRect().top ?? 0);
    return { id: below?.querySelector("code")?.textContent ?? "", top };
  });
}

/** What is shown, in its order. */
const shown = (page: Page) => page.locator(".card-id");

test("inputs are filtered, ordered, listed, and the view is saved", async ({ page, axe }) => {
  const app = await fill(page);
  await axe();
  await expect(page.getByText("8 in all")).toBeVisible();

  // Words become a part of the filter, and the address is the view.
  await page.getByRole("searchbox", { name: "Words" }).fill("red");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await expect(page).toHaveURL(`${app}/inputs?q=text%28red%29`);
  const filtered = page.getByRole("list", { name: "What is filtered" });
  await expect(filtered).toContainText("Words: red");
  await expect(shown(page)).toHaveCount(5);
  await expect(page.getByText("8 in all; 5 match")).toBeVisible();
  await expect(page.getByRole("searchbox", { name: "Words" })).toHaveValue("");
  await page.getByText("More filters").click();
  await page.getByLabel("Nobody has said anything").check();
  await page.getByRole("textbox", { name: "Key" }).fill("filename");
  await page.getByLabel("Comparison").selectOption("is");
  await page.getByRole("textbox", { name: "Value" }).fill("red-3.txt");
  await axe();
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await expect(filtered.getByRole("listitem")).toHaveCount(3);
  await expect(shown(page)).toHaveText(["red-3"]);
  await axe();
  await filtered.getByRole("link", { name: "Take away: Filename = “red-3.txt”" }).click();
  await expect(shown(page)).toHaveCount(5);

  // The order, and rows instead of cards.
  const newest = (await shown(page).allTextContents())[0];
  await page.getByLabel("Order").selectOption("oldest");
  await expect(page).toHaveURL(/order=oldest/);
  await expect(shown(page).last()).toHaveText(newest ?? "");
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "List" }).click();
  await expect(page.getByRole("table", { name: "Inputs" }).getByRole("row")).toHaveCount(6);
  await axe();

  // A view is kept, and found again.
  await page.getByText("Save this view").click();
  await page.getByLabel("Name of the view").fill("Red and unsaid");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const saved = page.getByRole("list", { name: "Saved views" }).getByRole("link", { name: "Red and unsaid" });
  await expect(saved).toHaveAttribute("aria-current", "page");
  await page.getByRole("link", { name: "Show everything" }).click();
  await expect(page.getByRole("row")).toHaveCount(9);
  await saved.click();
  await expect(page.getByRole("row")).toHaveCount(6);
  await page.getByRole("button", { name: "Delete the saved view Red and unsaid" }).click();
  await expect(saved).toHaveCount(0);

  // What cannot be read is told, and nothing is looked for.
  await page.goto(`${app}/inputs?q=medium(`);
  await expect(page.getByRole("alert")).toContainText("wrong at character");
  await expect(page.getByRole("heading", { name: "Nothing was looked for" })).toBeVisible();
  await axe();
});

test("a concept is said of many, taken back, and many are deleted", async ({ page, axe }) => {
  const app = await fill(page);
  const bar = page.locator(".chooser-bar");
  const batches = page.getByRole("region", { name: "What is done to many inputs" });
  const order = await shown(page).allTextContents();

  // From one to another, with Shift.
  await page.getByRole("checkbox", { name: `Choose ${order[1]}` }).check();
  await page.getByRole("checkbox", { name: `Choose ${order[4]}` }).click({ modifiers: ["Shift"] });
  await expect(bar).toContainText("4 are chosen.");
  await axe();
  await bar.getByLabel("Concept").fill("Bent");
  await bar.getByRole("button", { name: "Is there", exact: true }).click();
  await expect(batches).toContainText("Say that Bent is there");
  await expect(batches).toContainText("Done with 4 inputs.");
  await expect(page.locator(".card").filter({ hasText: "Bent" })).toHaveCount(4);
  await expect(bar).toContainText("Nothing is chosen.");
  await axe();

  // All that match, of which most are so already.
  await page.goto(`${app}/inputs?q=text(sign)`);
  await hydrated(page);
  await page.getByLabel("All 8 that match").check();
  await bar.getByLabel("Concept").fill("Bent");
  await bar.getByRole("button", { name: "Is there", exact: true }).click();
  await expect(batches).toContainText("Done with 8 inputs. 4 were so already.");
  await batches.getByRole("button", { name: "Undo" }).first().click();
  await expect(batches).toContainText("Undone with 4 inputs.");
  await expect(page.locator(".card").filter({ hasText: "Bent" })).toHaveCount(4);

  // Into a dataset, and out again.
  await page.goto(`${app}/datasets`);
  await page.getByLabel("Id", { exact: true }).fill("harbour");
  await page.getByRole("button", { name: /Make|Add/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("harbour");
  await page.goto(`${app}/inputs?concept=Bent`);
  await hydrated(page);
  await page.getByLabel("All 4 that match").check();
  await bar.getByLabel("Dataset").selectOption("harbour");
  await bar.getByRole("button", { name: "Put in" }).click();
  await expect(batches).toContainText("Put into harbour");
  await expect(batches).toContainText("Done with 4 inputs.");
  await page.goto(`${app}/inputs?q=dataset(harbour)`);
  await expect(shown(page)).toHaveCount(4);

  // What was taken out comes back.
  await page.goto(`${app}/inputs?concept=Bent`);
  await hydrated(page);
  await page.getByLabel("All 4 that match").check();
  await bar.getByLabel("Concept").fill("Bent");
  await bar.getByRole("button", { name: "Take out" }).click();
  await expect(page.getByRole("heading", { name: "No input fits" })).toBeVisible();
  await batches.getByRole("button", { name: "Undo Take Bent out of what is said" }).click();
  await expect(batches).toContainText("Undone with 4 inputs.");
  await expect(shown(page)).toHaveCount(4);
  await page.goto(`${app}/inputs?q=dataset(harbour)`);

  // What cannot be undone is asked about; the first focus is on the way out.
  await hydrated(page);
  await page.getByLabel("All 4 that match").check();
  await page.getByRole("button", { name: "Delete …" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete all inputs that match?" });
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await axe();
  await dialog.getByRole("button", { name: "Delete them" }).click();
  await expect(page.getByRole("heading", { name: "No input fits" })).toBeVisible();
  await page.goto(`${app}/inputs`);
  await expect(page.getByText("4 in all")).toBeVisible();
});

test("inputs are added to a task that goes on, and taken out again", async ({ page, another }) => {
  const app = await fill(page);
  const worker = makeAccount("Bo Worker");
  await addByPage(page, app, worker, /^Worker/);
  await page.goto(`${app}/concepts`);
  await page.getByLabel("Name").fill("Bent");
  await page.getByRole("button", { name: "Add the concept" }).click();
  await page.goto(`${app}/tasks/new`);
  await hydrated(page);
  await page.getByLabel("Name", { exact: true }).fill("Signs");
  await page.getByRole("group", { name: "Labellers" }).getByLabel("Bo Worker").check();
  await page.getByRole("button", { name: "Make the task" }).click();
  await expect(page).toHaveURL(`${app}/tasks/signs`);
  await page.goto(`${app}/inputs`);
  await hydrated(page);
  await page.getByLabel("Pictures and texts").setInputFiles(texts("blue", 2));
  await expect(page.getByRole("status")).toContainText("2 of 2 added.");

  // Two are new; one that is chosen besides is in the task already.
  await page.goto(`${app}/inputs`);
  await hydrated(page);
  for (const slug of ["blue-0", "blue-1", "red-0"]) {
    await page.getByRole("checkbox", { name: `Choose ${slug}` }).check();
  }
  await page.locator(".chooser-bar").getByLabel("Task").selectOption("Signs");
  await page.getByRole("button", { name: "Add to it" }).click();
  const batches = page.getByRole("region", { name: "What is done to many inputs" });
  await expect(batches).toContainText("Add to the task signs");
  await expect(batches).toContainText("Done with 3 inputs. 1 was so already.");
  const bo = await another();
  await signInAs(bo, worker, `${app}/tasks`);
  await expect(bo.getByRole("link", { name: "Label 10" })).toBeVisible();
  await batches.getByRole("button", { name: "Undo" }).click();
  await expect(batches).toContainText("Undone with 2 inputs.");
  await bo.reload();
  await expect(bo.getByRole("link", { name: "Label 8" })).toBeVisible();
});

for (const view of ["", "list"]) {
  test(`a long list goes on as one scrolls, as ${view || "cards"}`, async ({ page, axe }) => {
    test.setTimeout(120_000);
    const { app, call } = await fillWithNotes(page, 2_500);
    if (view) await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "List" }).click();
    await expect(page.locator("[data-place]").nth(10)).toBeAttached();
    expect(await scrollTo(page, 2_300)).toBeLessThan(300);
    const first = page.locator("[data-place]").first();
    const place = Number(await first.getAttribute("data-place"));
    expect(place).toBeGreaterThan(1_000);
    if (view) {
      await expect(page.getByRole("table", { name: "Inputs" })).toHaveAttribute("aria-rowcount", "2501");
      await expect(first).toHaveAttribute("aria-rowindex", `${place + 2}`);
    } else {
      await expect(first).toHaveAttribute("aria-posinset", `${place + 1}`);
      await expect(first).toHaveAttribute("aria-setsize", "2500");
    }

    // Somebody adds inputs: what is in sight stays there, in the same row.
    const before = await standing(page);
    const asked = page.waitForResponse(/inputs\/list/);
    await addNotes(call, 90_000, 3);
    await asked;
    await expect(page.getByText("2503 in all")).toBeAttached();
    const number = (id: string) => Number(id.split("-").at(-1));
    const moved = async () => Math.abs(number((await standing(page)).id) - number(before.id));
    await expect.poll(moved).toBeLessThanOrEqual(view ? 0 : 3);

    // Into an input, and back.
    const there = await standing(page);
    const link = page.getByRole("link", { name: there.id });
    await link.click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(there.id);
    await page.goBack();
    await expect(link).toBeInViewport();
    const back = await standing(page);
    expect(back.id).toBe(there.id);
    expect(Math.abs(back.top - there.top)).toBeLessThan(4);

    // A link to the list leads to its beginning.
    await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Concepts" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Concepts");
    await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Inputs" }).click();
    await expect(page.locator("[data-place='0']")).toBeInViewport();
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
    expect(new URL(page.url()).pathname).toBe(`${app}/inputs`);
    await axe();
  });
}

test("what was scrolled through is chosen, by mouse and by keyboard, and done to", async ({ page }) => {
  test.setTimeout(120_000);
  await fillWithNotes(page, 700);
  const bar = page.locator(".chooser-bar");
  const box = (place: number) => page.locator(`[data-place='${place}'] .choose input`);
  await box(1).check();
  await scrollTo(page, 600);
  // The last that is in sight: to press one beyond would scroll on.
  const last = await page.locator("[data-place]").evaluateAll((all) => {
    const isInSight = (one: Element) => one.getBoundingClientRect().bottom <= window.innerHeight;
    return Number(all.findLast(isInSight)?.getAttribute("data-place"));
  });
  await expect(box(1)).toHaveCount(0);
  await box(last).click({ modifiers: ["Shift"] });
  await expect(bar).toContainText(`${last} are chosen.`);

  // By the keyboard: with Shift, arrows take more, and give back what one returns from.
  await bar.getByRole("button", { name: "Choose none" }).click();
  await box(last - 7).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await expect(bar).toContainText("3 are chosen.");
  await expect(box(last - 5)).toBeFocused();
  await page.keyboard.press("Shift+ArrowLeft");
  await expect(bar).toContainText("2 are chosen.");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+Space");
  await expect(bar).toContainText("4 are chosen.");

  // What leaves the document gives its focus to the list, and has it again when it returns.
  await page.evaluate(() => window.scrollTo(0, 0));
  await expect(box(last - 4)).toHaveCount(0);
  await expect(page.locator(".scroller")).toBeFocused();
  await scrollTo(page, last);
  await expect(box(last - 4)).toBeFocused();

  // What is chosen is meant, in the document or not.
  await page.evaluate(() => window.scrollTo(0, 0));
  await expect(box(last - 4)).toHaveCount(0);
  await bar.getByLabel("Concept").fill("Bent");
  await bar.getByRole("button", { name: "Is there", exact: true }).click();
  const batches = page.getByRole("region", { name: "What is done to many inputs" });
  await expect(batches).toContainText("Done with 4 inputs.");
  await page.goto(`${new URL(page.url()).pathname}?concept=Bent`);
  await expect(shown(page)).toHaveCount(4);
});

test("inputs are found near a place, and what is no place is told at its field", async ({ page, axe }) => {
  const { app, call } = await fillWithNotes(page, 2);
  const at = (id: string, latitude: number, longitude: number) => ({
    id,
    data: { text: { raw: `A sign in ${id}.` }, geo: { geo_point: { latitude, longitude } } },
  });
  const inputs = [at("berlin", 52.52, 13.405), at("potsdam", 52.39, 13.065), at("sydney", -33.8688, 151.2093)];
  expect(await call("POST", "/inputs", { inputs })).toMatchObject({ http: 200 });
  await openAndListening(page, `${app}/inputs`);
  await page.getByText("More filters").click();

  // From one field to the next by keyboard; one of them is forgotten, another is no latitude.
  const [latitude, longitude] = [page.getByLabel("Latitude"), page.getByLabel("Longitude")];
  await latitude.fill("91");
  await latitude.press("Tab");
  await page.keyboard.type("13.4");
  await page.keyboard.press("Enter");
  const summary = page.getByRole("alert");
  await expect(summary).toContainText("One thing needs your attention.");
  await summary.getByRole("link").press("Enter");
  await expect(page.getByLabel("Within km")).toBeFocused();
  await expect(page.getByLabel("Within km")).toHaveAccessibleDescription(/how many kilometers, as numbers/);
  await axe();
  await page.keyboard.type("30");
  await page.keyboard.press("Enter");
  await expect(latitude).toHaveAccessibleDescription(/between -90 and 90, and is 91/);
  await expect(latitude).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Within km")).not.toHaveAttribute("aria-invalid");
  await expect(page.getByRole("heading", { name: "Nothing was looked for" })).toBeVisible();
  await latitude.fill("52.5");
  await latitude.press("Enter");
  await expect(page.getByRole("list", { name: "What is filtered" })).toContainText("Within 30 km of 52.5, 13.4");
  await expect(shown(page)).toHaveText(["potsdam", "berlin"]);
  await expect(summary).toHaveCount(0);
  await expect(longitude).toHaveValue("");

  await shown(page).filter({ hasText: "berlin" }).click();
  await expect(page.getByRole("row", { name: "Place" })).toContainText("52.52, 13.405");
});

test("what is the same as another input is told", async ({ page }) => {
  const app = await makeApp(page);
  await page.goto(`${app}/inputs`);
  await hydrated(page);
  await page.getByLabel("Pictures and texts").setInputFiles(texts("red", 1));
  await expect(page.getByRole("status")).toContainText("1 of 1 added.");
  await page.getByLabel("Pictures and texts").setInputFiles(texts("red", 1));
  await expect(page.getByRole("status")).toContainText("2 of 2 added.");
  await expect(page.locator(".upload").filter({ hasText: "Added; the same as red-0" })).toHaveCount(1);
});

test.describe("importing", () => {
  // What does not get through leaves a note of the browser.
  test.use({ expectedNoise: [/ERR_CONNECTION_RESET/] });

  test("a file that tells of inputs is imported, and tried again if it did not get through", async ({ page }) => {
    const app = await fill(page);
    const lines = "input,shape,start,end,concept\nred-1,whole,,,bent\nnowhere,whole,,,bent\n";
    const imports = async () => {
      await page.getByText("Add inputs").click();
      await page.getByLabel("File", { exact: true }).setInputFiles({
        name: "labels.csv",
        mimeType: "text/csv",
        buffer: Buffer.from(lines),
      });
      await page.getByRole("button", { name: "Import" }).click();
    };
    const file = page.locator(".upload").filter({ hasText: "labels.csv" });
    const isPosted = (url: URL) => url.pathname === `${app}/inputs`;

    await page.route(isPosted, (route) => route.abort("connectionreset"), { times: 1 });
    await imports();
    await expect(file).toContainText("cannot be reached right now");
    await file.getByRole("button", { name: "Try again" }).click();
    await expect(file).toContainText("Imported");
    await expect(page.getByText("0 inputs and 1 annotation were imported. 1 thing was not.")).toBeVisible();
    await expect(page.getByRole("table", { name: "What was not imported" })).toContainText("nowhere");

    // Once more says nothing twice.
    await page.goto(`${app}/inputs`);
    await hydrated(page);
    await imports();
    await expect(
      page.getByText("0 inputs and 0 annotations were imported. 1 annotation was there already. 1 thing was not."),
    ).toBeVisible();
    await page.goto(`${app}/inputs?concept=bent`);
    await expect(shown(page)).toHaveText(["red-1"]);
  });

  test("the import of many texts tells how far it is, and can be stopped", async ({ page }) => {
    const app = await makeApp(page);
    await page.goto(`${app}/inputs`);
    await hydrated(page);
    const name = "notes.zip";
    const buffer = archiveOfTexts(4_000);
    await page.getByLabel("File", { exact: true }).setInputFiles({ name, mimeType: "application/zip", buffer });
    await page.getByRole("button", { name: "Import" }).press("Enter");
    const file = page.locator(".upload").filter({ hasText: name });
    await expect(file).toContainText(/[1-9]\d* of 4000 inputs read/);
    await file.getByRole("button", { name: "Cancel" }).click();
    await expect(file).toContainText(/Cancelled after about [1-9]\d* of 4000 inputs, which stay/);
    await expect(page.getByText(/^[1-9]\d* in all/)).toBeVisible();
    const count = async () => Number(/(\d+) in all/.exec((await page.textContent("main")) ?? "")?.[1]);
    expect(await count()).toBeLessThan(4_000);
    await file.getByRole("button", { name: "Try again" }).click();
    await expect(file).toContainText("Imported", { timeout: 60_000 });
    await expect(page.getByText("4000 in all")).toBeVisible();
  });
});

test("whoever may not search sees the list, and hears why there are no more filters", async ({ page, another }) => {
  const app = await fill(page);
  const email = makeAccount("Edith Clarke");
  await addByPage(page, app, email);
  const other = await another();
  await signInAs(other, email, `${app}/inputs`);
  await expect(other.locator(".card")).toHaveCount(8);
  await expect(other.getByText("Search", { exact: false }).first()).toBeVisible();
  await expect(other.getByText("There are more filters, an order and saved views")).toBeVisible();
  await expect(other.getByText("More filters", { exact: true })).toHaveCount(0);
  await other.getByRole("searchbox", { name: "Words" }).fill("gree");
  await other.getByRole("button", { name: "Filter", exact: true }).click();
  await expect(other.locator(".card")).toHaveCount(3);
  // Saying is theirs, deleting is not.
  await expect(other.getByRole("button", { name: "Delete …" })).toHaveCount(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false, expectedNoise: [/status of 422/] });

  test("a long list comes in pages", async ({ page }) => {
    await fillWithNotes(page, 60, false);
    await expect(page.locator(".card")).toHaveCount(48);
    await page.getByRole("link", { name: "Next" }).click();
    await expect(page.locator(".card")).toHaveCount(12);
    await page.getByRole("link", { name: "Previous" }).click();
    await expect(page.locator(".card")).toHaveCount(48);
  });

  test("filters and acts are plain forms", async ({ page }) => {
    const app = await fill(page, false);
    await page.getByRole("searchbox", { name: "Words" }).fill("green");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await expect(page).toHaveURL(`${app}/inputs?q=text%28green%29`);
    await expect(shown(page)).toHaveCount(3);

    await page.getByRole("checkbox", { name: "Choose green-1" }).check();
    await page.getByRole("checkbox", { name: "Choose green-2" }).check();
    const bar = page.locator(".chooser-bar");
    await bar.getByRole("button", { name: "Is there", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("Say which concept.");
    await expect(page.getByRole("checkbox", { name: "Choose green-1" })).toBeChecked();
    await bar.getByLabel("Concept").fill("Bent");
    await bar.getByRole("button", { name: "Is there", exact: true }).click();
    await page.goto(`${app}/inputs?q=said(concept:Bent)`);
    await expect(shown(page)).toHaveText(["green-2", "green-1"]);
    await expect(page.getByText("Done with 2 inputs.")).toBeVisible();

    await page.getByLabel("All 2 that match").check();
    await page.getByText("Delete them …").click();
    await page.getByRole("button", { name: "Delete the chosen inputs" }).click();
    await page.goto(`${app}/inputs`);
    await expect(shown(page)).toHaveCount(6);
  });
});
