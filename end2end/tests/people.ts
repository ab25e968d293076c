import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page, Request } from "@playwright/test";
import { expect, hydrated } from "./fixture";

/** The password of every account of a test. */
export const PASSWORD = "nine calm herons wade at dawn";

/** An address that nobody else has: every test runs against the same server. */
export function newAddress(name: string): string {
  return `${name.split(" ")[0]?.toLowerCase()}-${crypto.randomUUID().slice(0, 8)}@example.org`;
}

/** Makes an account of its own for a test by the page for it, and answers its address, which is still to be proved. */
export async function signUp(page: Page, name = "Grace Hopper", email = newAddress(name)): Promise<string> {
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
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Signs in on a page that is not signed in yet, and opens `path`, a page of an app. */
export async function openAs(page: Page, email: string, path: string): Promise<void> {
  await page.goto(path);
  await signIn(page, email);
  await expect(page).toHaveURL(path);
  // The address changes before what stands there has come.
  await expect(page.getByRole("navigation", { name: "Path" })).toBeVisible();
  await hydrated(page);
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
export function makeAccount(name: string, data = process.env.ATELIER_DATA): string {
  return makeAccountWithToken(name, data).email;
}

/** The same, with a token of theirs that reaches every app that they reach. */
export function makeAccountWithToken(
  name: string,
  data = process.env.ATELIER_DATA,
): { email: string; token: string } {
  const { ATELIER_BINARY } = process.env;
  if (!ATELIER_BINARY || !data) throw new Error("run by `cargo xtask test e2e`, which says where the server is");
  const email = newAddress(name);
  const id = email.slice(0, email.indexOf("@"));
  const account = ["--id", id, "--email", email, "--name", name, "--verified", "--password-stdin"];
  const printed = execFileSync(ATELIER_BINARY, ["--data", data, "user", "add", ...account], { input: PASSWORD });
  return { email, token: printed.toString().trim().split(/\s+/).at(-1) ?? "" };
}

/** Lets whoever has `email` have shown an hour ago who they are, in every session. */
export function letPasswordAge(email: string, data = process.env.ATELIER_DATA): void {
  change("UPDATE sessions SET proved_at = proved_at - 3600000000 WHERE user_id", email, data);
}

/** Leaves whoever has `email` without a password, as those are who signed up by a provider. */
export function takePassword(email: string, data = process.env.ATELIER_DATA): void {
  change("UPDATE users SET password_hash = '' WHERE id", email, data);
}

/** Changes what the database keeps of whoever has `email`. */
function change(what: string, email: string, data: string | undefined): void {
  if (!data) throw new Error("run by `cargo xtask test e2e`, which says where the server's data is");
  const script = [
    "import sqlite3, sys",
    "database = sqlite3.connect(sys.argv[1], timeout=10)",
    "database.execute(sys.argv[2] + ' IN (SELECT user_id FROM email_addresses WHERE address = ?)', (sys.argv[3],))",
    "database.commit()",
  ];
  execFileSync("python3", ["-c", script.join("\n"), join(data, "atelier.db"), what, email]);
}

/** Signs in and is led to `path`. */
export async function signInAs(page: Page, email: string, path: string): Promise<void> {
  await page.goto(`/sign-in?next=${encodeURIComponent(path)}`);
  await signIn(page, email);
  await expect(page).toHaveURL(path);
}

/** Signs in at `path` in a browser of one's own. */
export async function signedIn(browser: Browser, email: string, path: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signInAs(page, email, path);
  return page;
}

/** The path of the link in a letter that the server left in its folder for `email`. */
export async function linkInMail(email: string, path: RegExp): Promise<string> {
  const outbox = process.env.ATELIER_OUTBOX;
  if (!outbox) throw new Error("set ATELIER_OUTBOX to the folder in which the server leaves its mail");
  let found: string | undefined;
  await expect
    .poll(async () => {
      const names = (await readdir(outbox).catch(() => [])).filter((name) => name.endsWith(".eml"));
      const mails = await Promise.all(names.map((name) => readFile(join(outbox, name), "utf8")));
      // Long lines are broken by an equals sign at their end.
      const whole = mails.map((mail) => mail.replace(/=\r?\n/g, ""));
      found = whole.filter((mail) => mail.includes(email)).map((mail) => mail.match(path)?.[0]).find(Boolean);
      return found;
    })
    .toBeDefined();
  return found ?? "";
}

/** Waits until the page hears of what others do. */
export async function openAndListening(page: Page, path: string): Promise<void> {
  // The stream of the page before may still be on its way, and must not be taken for this one's.
  await page.goto("about:blank");
  const listening = page.waitForResponse(/\/events\?app=/);
  await page.goto(path);
  await hydrated(page);
  await listening;
}

/** How long a page must ask for nothing to count as being at rest: it looks again two seconds after a change. */
const REST = 2_500;

/** Waits until a page has fetched what was changed, by oneself or by others, and asks for nothing more. */
export async function atRest(page: Page): Promise<void> {
  const asked = new Set<unknown>();
  let last = Date.now();
  const begin = (request: Request) => {
    if (request.resourceType() === "fetch") asked.add(request);
    last = Date.now();
  };
  const end = (request: Request) => {
    asked.delete(request);
    last = Date.now();
  };
  page.on("request", begin).on("requestfinished", end).on("requestfailed", end);
  await expect.poll(() => asked.size === 0 && Date.now() - last > REST).toBe(true);
  page.off("request", begin).off("requestfinished", end).off("requestfailed", end);
}

/** Adds people to an app by the page that the dialog's link leads to. */
export async function addByPage(page: Page, app: string, people: string, preset = /Worker/): Promise<void> {
  await page.goto(`${app}/settings/collaborators/add`);
  await hydrated(page);
  await page.getByLabel("People").fill(people);
  await page.getByRole("radio", { name: preset }).check();
  await page.getByRole("button", { name: /Confirm/ }).click();
  await expect(page).toHaveURL(/\/settings\/collaborators$/);
}
