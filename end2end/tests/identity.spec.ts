import { expect, test } from "./fixture";

const PAGES = [
  { path: "/", heading: "Label data together, and decide who may do what." },
  { path: "/sign-in", heading: "Sign in" },
  { path: "/sign-up", heading: "Create account" },
  { path: "/reset", heading: "Forgot your password?" },
  { path: "/reset/a-token", heading: "Choose a new password" },
  { path: "/leaked", heading: "Report a leaked key" },
  { path: "/verify/a-token", heading: "Confirm your address" },
];

for (const { path, heading } of PAGES) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [360, 1440]) {
      test.describe(`${path} in ${colorScheme} at ${width} px`, () => {
        test.use({ colorScheme, viewport: { width, height: 800 } });

        test("is readable for everyone", async ({ page, open, axe }) => {
          await open(path);
          await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(overflow).toBeLessThanOrEqual(0);
          await axe();
        });
      });
    }
  }
}

test.describe("a refused form", () => {
  // The browser notes every answer above 399 by itself.
  test.use({ expectedNoise: [/status of (401|422)/] });

  test("keeps what was typed and leads to what is wrong", async ({ page, open, axe }) => {
    await open("/sign-up");
    await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("Password").fill("short");
    await page.getByRole("button", { name: "Create account" }).click();

    const summary = page.getByRole("alert");
    await expect(summary).toContainText("2 things need your attention.");
    await expect(summary).toBeFocused();
    await axe();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByLabel("E-mail")).toBeFocused();
    await expect(page.getByLabel("Name")).toHaveValue("Ada");
    await expect(page.getByLabel("Password")).toHaveValue("short");
    await expect(page.getByLabel("E-mail")).toHaveAccessibleDescription(/must not be empty/i);
  });

  test("a form that was posted before the page was ready is taken over with its errors", async ({ page }) => {
    await page.goto("/sign-in");
    // What a press does before the bundle has arrived: the browser's own submission.
    await page.locator("form").evaluate((form: HTMLFormElement) => {
      (form.elements.namedItem("email") as HTMLInputElement).value = "ada";
      form.submit();
    });
    await expect(page.getByRole("alert")).toBeFocused();
    await expect(page.getByRole("alert")).toContainText("This address and password do not go together.");
    await expect(page.getByLabel("E-mail")).toHaveValue("ada");
  });

  test.describe("without JavaScript", () => {
    test.use({ javaScriptEnabled: false });

    test("comes back at the same address with everything but the password", async ({ page }) => {
      await page.goto("/sign-up");
      await page.getByLabel("Name").fill("Ada & <b>");
      await page.getByLabel("Password").fill("short");
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.request().method() === "POST"),
        page.getByRole("button", { name: "Create account" }).click(),
      ]);

      expect(answer.status()).toBe(422);
      expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe("/sign-up");
      await expect(page.getByRole("alert")).toContainText("2 things need your attention.");
      await expect(page.getByLabel("Name")).toHaveValue("Ada & <b>");
      await expect(page.getByLabel("Password")).toHaveValue("");
      expect(await page.content()).not.toContain("short\"");
    });
  });
});

test("everything is reached in order by keyboard", async ({ page, open }) => {
  await open("/sign-in");
  const names: string[] = [];
  for (let step = 0; step < 6; step += 1) {
    await page.keyboard.press("Tab");
    names.push(await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement;
      return element.labels?.[0]?.textContent?.trim() ?? element.textContent?.trim() ?? "";
    }));
  }
  expect(names).toEqual(["Atelier", "E-mail", "Password", "Sign in", "Forgot your password?", "Create account"]);
});

test("the list of shortcuts opens by ?, closes by Esc and gives the focus back", async ({ page, open, axe }) => {
  await open("/sign-in");
  await page.getByRole("link", { name: "Create account" }).focus();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await axe();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("link", { name: "Create account" })).toBeFocused();

  await page.getByLabel("E-mail").focus();
  await page.keyboard.press("?");
  await expect(page.getByLabel("E-mail")).toHaveValue("?");
});

test.describe("an address that leads nowhere", () => {
  test.use({ expectedNoise: [/status of 404/] });

  test("says so with the right status", async ({ page, axe }) => {
    const answer = await page.goto("/no-such-page");
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
    await axe();
  });
});
