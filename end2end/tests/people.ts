import { execFileSync } from "node:child_process";
import type { Browser, Page } from "@playwright/test";
import { expect } from "./fixture";

/** The password of every account of a test. */
export const PASSWORD = "nine calm herons wade at dawn";

/** Makes an account of its own for a test by the page for it, and answers its address, which is still to be proved. */
export async function signUp(page: Page, name = "Grace Hopper"): Promise<string> {
  const email = `heron-${crypto.randomUUID()}@example.org`;
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Look into your mail");
  return email;
}

/** Signs in on the page that is open. */
export async function signIn(page: Page, email: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Opens `path` as somebody new, who has to sign in first and is led back there. */
export async function signInAt(page: Page, path: string): Promise<void> {
  const email = await signUp(page);
  await page.goto(path);
  await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent(path)}`);
  await signIn(page, email);
  await expect(page).toHaveURL(path);
}

/** Makes an app as somebody new, and answers its path, at which the page is. */
export async function makeApp(page: Page): Promise<string> {
  await signInAt(page, "/apps/new");
  await page.getByLabel("Name", { exact: true }).fill("Street signs");
  await page.getByRole("button", { name: "Make the app" }).click();
  await expect(page).toHaveURL(/\/street-signs$/);
  return new URL(page.url()).pathname;
}

/** Makes an account whose address counts as verified: whoever is added then is a collaborator at once. */
export function makeAccount(name: string): string {
  const { ATELIER_BINARY, ATELIER_DATA } = process.env;
  if (!ATELIER_BINARY || !ATELIER_DATA) throw new Error("run by `cargo xtask test e2e`, which says where the server is");
  const id = `${name.split(" ")[0]?.toLowerCase()}-${crypto.randomUUID().slice(0, 8)}`;
  const email = `${id}@example.org`;
  const account = ["--id", id, "--email", email, "--name", name, "--verified", "--password-stdin"];
  execFileSync(ATELIER_BINARY, ["--data", ATELIER_DATA, "user", "add", ...account], { input: PASSWORD });
  return email;
}

/** Signs in at `path` in a browser of one's own. */
export async function signedIn(browser: Browser, email: string, path: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`/sign-in?next=${encodeURIComponent(path)}`);
  await signIn(page, email);
  await expect(page).toHaveURL(path);
  return page;
}
