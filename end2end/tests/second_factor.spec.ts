import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "./fixture";
import { makeAccount, signIn, signInAs } from "./people";

/** How long one code is shown, in milliseconds. */
const STEP = 30_000;

/** The bytes of a secret as it is typed. */
function bytes(secret: string): Buffer {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** What an app shows in a step: RFC 6238. */
function code(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac("sha1", bytes(secret)).update(counter).digest();
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** An app that makes codes, none of them twice. */
class App {
  private last = 0;
  constructor(private readonly secret: string) {}

  /** The code of this step, or of the next, which is taken early, as soon as there is one that was not used. */
  async next(): Promise<string> {
    const now = () => Math.floor(Date.now() / STEP);
    await expect.poll(() => now() + 1 > this.last, { timeout: 2 * STEP }).toBe(true);
    this.last = Math.max(now(), this.last + 1);
    return code(this.secret, this.last);
  }
}

/** Sets an app up on the page for it; answers the app and the recovery codes. */
async function setUp(page: Page): Promise<{ app: App; recovery: string[] }> {
  await page.getByRole("button", { name: "Set up an app" }).click();
  const link = await page.getByRole("link", { name: "this link" }).getAttribute("href");
  const secret = new URL(link ?? "").searchParams.get("secret") ?? "";
  await expect(page.getByRole("img", { name: "The secret, for the camera of your app" })).toBeVisible();
  await expect(page.getByText(secret.replace(/(.{4})(?=.)/g, "$1 "))).toBeVisible();
  const app = new App(secret);
  await page.getByLabel("Code").fill(await app.next());
  await page.getByRole("button", { name: "Switch it on" }).click();
  await expect(page.getByRole("heading", { name: "Your recovery codes" })).toBeVisible();
  const recovery = await page.locator(".codes code").allTextContents();
  expect(recovery).toHaveLength(10);
  return { app, recovery };
}

// The browser's note about an answer that says no.
test.use({ expectedNoise: [/status of (401|422)/] });

test("an app is set up, asked for at sign-in, and switched off", async ({ page, another, axe }) => {
  const email = makeAccount("Ada Lovelace");
  await signInAs(page, email, "/account");
  await hydrated(page);
  await page.getByRole("link", { name: "Set up a second factor" }).click();
  await expect(page).toHaveURL("/account/second-factor");
  await axe();
  await page.getByRole("button", { name: "Set up an app" }).click();
  await page.getByLabel("Code").fill("12 34");
  await axe();
  await page.getByRole("button", { name: "Switch it on" }).click();
  await expect(page.getByRole("alert")).toContainText("Is not what the app should show now");
  await expect(page.getByLabel("Code"), "what was typed stays").toHaveValue("12 34");

  await page.goto("/account/second-factor");
  await hydrated(page);
  const link = await page.getByRole("link", { name: "this link" }).getAttribute("href");
  const app = new App(new URL(link ?? "").searchParams.get("secret") ?? "");
  await page.getByLabel("Code").fill(await app.next());
  await page.getByRole("button", { name: "Switch it on" }).click();
  await expect(page.getByRole("heading", { name: "Your recovery codes" })).toBeVisible();
  await axe();
  const recovery = await page.locator(".codes code").allTextContents();
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  const file = await (await downloading).path();
  expect(await readFile(file, "utf8")).toBe(recovery.join("\n"));
  await page.getByRole("link", { name: "I have stored them" }).click();
  await expect(page).toHaveURL("/account");
  await expect(page.getByText("You have 10 recovery codes left.")).toBeVisible();

  const other = await another();
  await other.goto("/sign-in?next=/collaborations");
  await hydrated(other);
  await signIn(other, email);
  await expect(other).toHaveURL("/sign-in/second-factor?next=%2Fcollaborations");
  await axe(other);
  await other.getByLabel("Code", { exact: true }).fill("000000");
  await other.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(other.getByRole("alert")).toContainText("Is not what your app shows now");
  await expect(other.getByLabel("Code", { exact: true })).toHaveValue("000000");
  await other.getByLabel("Code", { exact: true }).fill(await app.next());
  await other.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(other).toHaveURL("/collaborations");

  await other.goto("/account/second-factor");
  await hydrated(other);
  await other.getByRole("button", { name: "Switch off the second factor" }).click();
  await expect(other.getByRole("button", { name: "Set up an app" })).toBeVisible();
  const third = await another();
  await signInAs(third, email, "/collaborations");
});

test("a recovery code gets in once, and tells how many are left", async ({ page, another, axe }) => {
  const email = makeAccount("Ada Lovelace");
  await signInAs(page, email, "/account/second-factor");
  await hydrated(page);
  await page.setViewportSize({ width: 360, height: 800 });
  const { recovery } = await setUp(page);
  const [code = ""] = recovery;
  expect(await page.evaluate(() => document.documentElement.scrollWidth), "nothing is out of sight").toBe(360);

  const other = await another();
  const use = async (typed: string) => {
    await other.goto("/sign-in?next=/collaborations");
    await hydrated(other);
    await signIn(other, email);
    await expect(other).toHaveURL(/second-factor/);
    await other.getByText("Use a recovery code instead").click();
    await other.getByLabel("Recovery code").fill(typed);
    await other.getByRole("button", { name: "Sign in with the recovery code" }).click();
  };
  await use(code.toUpperCase());
  await expect(other.getByRole("heading", { name: "You are signed in" })).toBeVisible();
  await expect(other.getByText("9 recovery codes")).toBeVisible();
  await axe(other);
  await other.getByRole("link", { name: "Go on" }).click();
  await expect(other).toHaveURL("/collaborations");

  await use(code);
  await expect(other.getByRole("alert")).toContainText("Is not one of your recovery codes");
  await axe(other);
  await other.getByRole("link", { name: "Start again" }).click();
  await expect(other).toHaveURL("/sign-in?next=%2Fcollaborations");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the same pages set it up and ask for it", async ({ page }) => {
    const email = makeAccount("Ada Lovelace");
    await signInAs(page, email, "/account/second-factor");
    const { app, recovery } = await setUp(page);
    await page.context().clearCookies();
    await page.goto("/sign-in?next=/account/second-factor");
    await signIn(page, email);
    await page.getByLabel("Code", { exact: true }).fill("000000");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("Is not what your app shows now");
    await page.getByLabel("Code", { exact: true }).fill(await app.next());
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page).toHaveURL("/account/second-factor");

    await page.context().clearCookies();
    await page.goto("/sign-in");
    await signIn(page, email);
    await page.getByText("Use a recovery code instead").click();
    await page.getByLabel("Recovery code").fill("nothing of the kind");
    await page.getByRole("button", { name: "Sign in with the recovery code" }).click();
    await expect(page.getByRole("alert")).toContainText("Is not one of your recovery codes");
    await page.getByLabel("Recovery code").fill(recovery[9] ?? "");
    await page.getByRole("button", { name: "Sign in with the recovery code" }).click();
    await expect(page.getByText("9 recovery codes")).toBeVisible();
    await page.getByRole("link", { name: "Go on" }).click();
    await expect(page).toHaveURL("/apps");
  });
});
