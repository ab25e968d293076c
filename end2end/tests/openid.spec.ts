import { expect, hydrated, test as base } from "./fixture";
import { letPasswordAge, makeAccount, newAddress, PASSWORD, signIn } from "./people";
import { startByProvider, signInThere } from "./provider";
import type { OwnServer } from "./server";

const test = base.extend<object, { byProvider: OwnServer }>({
  byProvider: [
    async ({}, use) => {
      const started = await startByProvider();
      await use(started);
      await started.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ byProvider }, use) => use(byProvider.url),
});

// The browser's notes about answers that say no, and what the provider's own pages are noted for.
test.use({ expectedNoise: [/status of (403|404|409|422)|favicon\.ico/] });

const WAY = "Continue with Example";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("somebody new signs in by the provider, and again", async ({ page }) => {
      const email = newAddress("Grace");
      await page.goto("/sign-in?next=/account");
      await page.getByRole("link", { name: WAY }).click();
      await signInThere(page, email);
      await expect(page).toHaveURL("/account");
      await expect(page.getByRole("row").filter({ hasText: email })).toContainText("Verified");
      await expect(page.getByLabel("Name")).toHaveValue("Grace Hopper");
      await expect(page.getByRole("row", { name: /^Example/ })).toBeVisible();

      await page.context().clearCookies({ name: "atelier" });
      await page.goto("/sign-in");
      await page.getByRole("link", { name: WAY }).click();
      // There, they still are signed in.
      await expect(page).toHaveURL("/apps");
    });

    test("whoever has an account says so by its password, once", async ({ page, byProvider }) => {
      const email = makeAccount("Ada Lovelace", byProvider.data);
      await page.goto("/sign-in?next=/account");
      await page.getByRole("link", { name: WAY }).click();
      await signInThere(page, email);
      await expect(page).toHaveURL("/sign-in/connect");
      await expect(page.getByRole("main")).toContainText(email);
      await page.getByLabel("Password").fill("not the password");
      await page.getByRole("button", { name: "Connect and sign in" }).click();
      await expect(page.getByRole("alert")).toBeVisible();
      await page.getByLabel("Password").fill(PASSWORD);
      await page.getByRole("button", { name: "Connect and sign in" }).click();
      await expect(page).toHaveURL("/account");
      await expect(page.getByRole("row", { name: /^Example/ })).toBeVisible();

      await page.context().clearCookies({ name: "atelier" });
      await page.goto("/sign-in?next=/account");
      await page.getByRole("link", { name: WAY }).click();
      await expect(page).toHaveURL("/account");
    });

    test("whoever has no password signs in again before they change who gets in", async ({ page, byProvider }) => {
      const email = newAddress("Grace");
      await page.goto("/sign-in?next=/account");
      await page.getByRole("link", { name: WAY }).click();
      await signInThere(page, email);
      await expect(page).toHaveURL("/account");
      letPasswordAge(email, byProvider.data);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel("Another address").fill(newAddress("Work"));
      await page.getByRole("button", { name: "Add the address" }).click();
      await page.getByRole("link", { name: "Sign in again with Example" }).click();
      await signInThere(page, email);
      await expect(page).toHaveURL("/account");
      if (javaScriptEnabled) await hydrated(page);
      const another = newAddress("Work");
      await page.getByLabel("Another address").fill(another);
      await page.getByRole("button", { name: "Add the address" }).click();
      await expect(page.getByRole("row").filter({ hasText: another })).toBeVisible();
    });
  });
}

test("an address that the provider has not verified is told so, and nothing else", async ({ page, axe }) => {
  await page.goto("/sign-in");
  await page.getByRole("link", { name: WAY }).click();
  await signInThere(page, `unchecked-${newAddress("Grace")}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your address has to be verified first");
  await hydrated(page);
  await axe();
  await page.getByRole("link", { name: "Go to sign in" }).click();
  await expect(page.getByRole("link", { name: WAY })).toBeVisible();
  await axe();
});

test("an account is connected and disconnected on its page", async ({ page, byProvider, axe }) => {
  const email = makeAccount("Ada Lovelace", byProvider.data);
  await page.goto("/sign-in?next=/account");
  await signIn(page, email);
  await expect(page).toHaveURL("/account");
  await page.getByRole("link", { name: "Connect Example" }).click();
  const there = newAddress("Lovelace");
  await signInThere(page, there);
  await expect(page).toHaveURL("/sign-in/connect");
  await expect(page.getByRole("main")).toContainText(there);
  await hydrated(page);
  await axe();
  await page.getByRole("button", { name: "Connect" }).click();
  await expect(page).toHaveURL("/account");
  const row = page.getByRole("row", { name: /^Example/ });
  await expect(row).toBeVisible();
  await hydrated(page);
  await axe();
  await row.getByRole("button", { name: "Disconnect" }).click();
  await expect(row).toBeHidden();
});

test("the only way in stays", async ({ page }) => {
  await page.goto("/sign-in?next=/account");
  await page.getByRole("link", { name: WAY }).click();
  await signInThere(page, newAddress("Grace"));
  await expect(page).toHaveURL("/account");
  await hydrated(page);
  await page.getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByRole("alert")).toContainText("This is your only way in");
});
