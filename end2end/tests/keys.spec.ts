import { expect, test } from "./fixture";
import { signInAt } from "./people";

test("a key is opened once, works, gets another secret, and ends", async ({ page, axe, request }) => {
  await signInAt(page, "/account/keys");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Keys");
  await axe();

  const use = async (secret: string) =>
    (await request.get("/v2/users/me", { headers: { authorization: `Key ${secret}` } })).status();

  await page.getByRole("link", { name: "Default token" }).click();
  await page.getByRole("button", { name: "Open the key" }).click();
  const secret = page.locator(".secret-value code");
  await expect(secret).toHaveText(/^atl_[0-9A-Za-z]{46}$/);
  const first = await secret.innerText();
  expect(await use(first)).toBe(200);
  // A mistyped one is told by its checksum.
  expect(await use(first.slice(0, -1) + (first.endsWith("a") ? "b" : "a"))).toBe(401);
  await axe();

  await page.getByRole("link", { name: "I have stored it" }).click();
  await expect(page.getByRole("cell", { name: `atl_…${first.slice(-4)}` })).toBeVisible();
  await page.getByRole("link", { name: "Default token" }).click();
  await page.getByRole("button", { name: "Make another secret" }).click();
  await expect(secret).toHaveText(/^atl_/);
  const second = await secret.innerText();
  expect(second).not.toBe(first);
  expect([await use(first), await use(second)]).toEqual([200, 200]);

  await page.getByRole("button", { name: "Revoke the key" }).click();
  await expect(page).toHaveURL("/account/keys");
  expect(await use(second)).toBe(401);
});

test("a link of no invitation leads nowhere, and says so", async ({ page }) => {
  const answer = await page.goto("/invitation/no-such-secret");
  expect(answer?.status()).toBe(404);
});

test.use({ expectedNoise: [/status of 404/] });
