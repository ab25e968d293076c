import type { Locator, Page } from "@playwright/test";
import { expect, hydrated, test as base } from "./fixture";
import { letPasswordAge, makeAccount, newAddress, signIn, takePassword } from "./people";
import { startByName, type OwnServer } from "./server";

/** A device that keeps passkeys, as the browser plays it. */
type Device = {
  /** Whether its owner unlocks it. */
  unlock: (does: boolean) => Promise<void>;
  /** How many passkeys it keeps. */
  count: () => Promise<number>;
};

const test = base.extend<{ device: Device }, { byName: OwnServer }>({
  byName: [
    async ({}, use) => {
      const started = await startByName();
      await use(started);
      await started.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ byName }, use) => use(byName.url),

  device: async ({ page }, use) => {
    const browser = await page.context().newCDPSession(page);
    await browser.send("WebAuthn.enable");
    const { authenticatorId } = await browser.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await use({
      unlock: async (does) => {
        await browser.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: does });
      },
      count: async () => (await browser.send("WebAuthn.getCredentials", { authenticatorId })).credentials.length,
    });
  },
});

// The browser's notes about answers that say no.
test.use({ expectedNoise: [/status of (401|403|404|409|422)/] });

const byPasskey = (page: Page): Locator => page.getByRole("button", { name: "Sign in with a passkey" });
const row = (page: Page, name: string): Locator => page.getByRole("row").filter({ hasText: name });

/** Signs in by the password, and opens the account's page. */
async function openAccount(page: Page, email: string): Promise<void> {
  await page.goto("/sign-in?next=/account");
  await hydrated(page);
  await signIn(page, email);
  await expect(page).toHaveURL("/account");
}

async function addPasskey(page: Page, name: string): Promise<void> {
  await page.getByLabel("Name of a new passkey").fill(name);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(row(page, name)).toBeVisible();
}

/** Ends the session in this browser alone, as if it had been long ago. */
async function forgetSession(page: Page): Promise<void> {
  await page.context().clearCookies();
}

test("somebody adds a passkey, signs in by it, and no longer once it is removed", async ({ page, device, byName, axe }) => {
  const email = makeAccount("Ada Lovelace", byName.data);
  await openAccount(page, email);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByRole("alert")).toContainText("Must not be empty");
  expect(await device.count(), "a device is not asked in vain").toBe(0);
  await addPasskey(page, "Work laptop");
  await expect(row(page, "Work laptop")).toContainText("Not yet");
  await expect(page.getByLabel("Name of a new passkey")).toHaveValue("");
  await axe();
  // The same device makes no second one.
  await page.getByLabel("Name of a new passkey").fill("Once more");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByRole("alert")).toContainText("This device has a passkey of your account already.");
  await axe();

  await forgetSession(page);
  await page.goto("/sign-in?next=/collaborations");
  await hydrated(page);
  await expect(byPasskey(page)).toBeEnabled();
  await axe();
  await byPasskey(page).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/collaborations");
  await page.goto("/account");
  await hydrated(page);
  await expect(row(page, "Work laptop")).not.toContainText("Not yet");

  await page.getByRole("button", { name: "Remove the passkey Work laptop" }).click();
  await expect(row(page, "Work laptop")).toHaveCount(0);
  await expect(page.getByText("The passkey was removed.")).toBeVisible();
  expect(await device.count(), "the device does not know").toBe(1);
  await forgetSession(page);
  await page.goto("/sign-in");
  await hydrated(page);
  await byPasskey(page).click();
  await expect(page.getByRole("alert")).toContainText("No account has this passkey");
  await axe();
});

test("a device that is not unlocked signs nobody in, and says so", async ({ page, device, byName }) => {
  await openAccount(page, makeAccount("Ada Lovelace", byName.data));
  await addPasskey(page, "Phone");
  await forgetSession(page);
  await page.goto("/sign-in");
  await hydrated(page);
  await device.unlock(false);
  await byPasskey(page).click();
  await expect(page.getByRole("alert")).toContainText("No passkey was used");
  await device.unlock(true);
  await byPasskey(page).click();
  await expect(page).toHaveURL("/apps");
});

test("a passkey stands for the password where that is asked for again", async ({ page, device, byName, axe }) => {
  const email = makeAccount("Ada Lovelace", byName.data);
  await openAccount(page, email);
  await addPasskey(page, "Work laptop");
  letPasswordAge(email, byName.data);
  const another = newAddress("Work");
  await page.getByLabel("Another address").fill(another);
  await page.getByRole("button", { name: "Add the address" }).click();
  const password = page.getByLabel("Your password, once more");
  await expect(password).toBeFocused();
  await axe();
  // A wrong password takes the other way from nobody.
  await password.fill("not the password");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "Is not your current password" })).toBeVisible();
  const use = page.getByRole("button", { name: "Use a passkey" });
  await device.unlock(false);
  await use.click();
  await expect(page.getByText("No passkey was used")).toBeVisible();
  await axe();
  await device.unlock(true);
  await use.click();
  await expect(row(page, another)).toBeVisible();
  await expect(password).toHaveCount(0);
});

test("whoever has nothing but a passkey shows by it once more who they are, and keeps it", async ({ page, device, byName, axe }) => {
  const email = makeAccount("Ada Lovelace", byName.data);
  await openAccount(page, email);
  await addPasskey(page, "Work laptop");
  takePassword(email, byName.data);
  letPasswordAge(email, byName.data);
  await page.reload();
  await hydrated(page);
  await page.getByRole("button", { name: "Remove the passkey Work laptop" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Show once more who you are by your passkey" })).toBeVisible();
  await axe();
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "This is your only way in" })).toBeVisible();
  expect(await device.count()).toBe(1);
});

test("whoever adds a passkey long after the password gives it first", async ({ page, device, byName }) => {
  const email = makeAccount("Ada Lovelace", byName.data);
  await openAccount(page, email);
  letPasswordAge(email, byName.data);
  await page.getByLabel("Name of a new passkey").fill("Work laptop");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  const password = page.getByLabel("Your password, once more");
  await expect(password).toBeFocused();
  await expect(page.getByRole("button", { name: "Use a passkey" }), "there is none yet").toHaveCount(0);
  expect(await device.count()).toBe(0);
  await password.fill("nine calm herons wade at dawn");
  await page.keyboard.press("Enter");
  await expect(row(page, "Work laptop")).toBeVisible();
  expect(await device.count()).toBe(1);
});

test.describe("in a browser without passkeys", () => {
  test("nothing of them is offered", async ({ page, byName }) => {
    await page.addInitScript("delete globalThis.PublicKeyCredential");
    const email = makeAccount("Ada Lovelace", byName.data);
    await page.goto("/sign-in");
    await hydrated(page);
    await expect(byPasskey(page)).toBeHidden();
    await openAccount(page, email);
    await hydrated(page);
    await expect(page.getByText("This browser is too old to add one.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Add a passkey" })).toBeHidden();
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("passkeys are said to need it, and are not in the way", async ({ page, byName }) => {
    const email = makeAccount("Ada Lovelace", byName.data);
    await page.goto("/sign-in?next=/account");
    await expect(byPasskey(page)).toBeHidden();
    await signIn(page, email);
    await expect(page).toHaveURL("/account");
    await expect(page.getByText("To add one, your browser has to run scripts.")).toBeVisible();
    await expect(page.getByLabel("Name of a new passkey")).toBeHidden();
  });
});

test("a server that has no name has no passkeys", async ({ page, baseURL }) => {
  const byNumber = process.env.ATELIER_URL ?? "";
  expect(byNumber).not.toBe(baseURL);
  await page.goto(`${byNumber}/sign-in`);
  await hydrated(page);
  await expect(page.getByLabel("Password")).toBeVisible();
  await expect(byPasskey(page)).toHaveCount(0);
});
