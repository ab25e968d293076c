import { expect, hydrated, test } from "./fixture";
import { letPasswordAge, makeAccount, makeApp, PASSWORD, signedIn } from "./people";

// The browser's note about an answer that says no.
test.use({ expectedNoise: [/status of (403|422)/] });

test("whoever gave the password long ago gives it again, and what was typed is done", async ({ browser, page, axe }) => {
  const email = makeAccount("Ada Lovelace");
  const owner = await signedIn(browser, email, "/apps/new");
  await owner.getByLabel("Name", { exact: true }).fill("Signs");
  await owner.getByRole("button", { name: "Make the app" }).click();
  const list = `/${email.split("@")[0]}/signs/settings/collaborators`;
  await owner.goto(list);
  await hydrated(owner);
  letPasswordAge(email);

  await owner.getByRole("link", { name: "Add Collaborators" }).click();
  const dialog = owner.getByRole("dialog");
  await dialog.getByLabel("People").fill("cy@example.org");
  await dialog.getByRole("button", { name: "Confirm: add 1 collaborator" }).click();
  const password = dialog.getByLabel("Your password, once more");
  await expect(password).toBeFocused();
  await axe(owner);

  await password.fill("not the password");
  await owner.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("Is not your current password.");
  await expect(dialog.getByLabel("People")).toHaveValue("cy@example.org");
  await password.fill(PASSWORD);
  await owner.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(owner.getByRole("row").filter({ hasText: "cy@example.org" })).toBeVisible();

  // It counts for a while: nothing more is asked.
  await owner.goto("/account/keys/new");
  await hydrated(owner);
  await owner.getByLabel("What it is for").fill("Uploads");
  await owner.getByRole("button", { name: "Make the key" }).click();
  await expect(owner.getByText(/atl_/).first()).toBeVisible();
  await page.close();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the same page asks for it", async ({ page }) => {
    const email = makeAccount("Ada Lovelace");
    await page.goto("/sign-in?next=/account");
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL("/account");
    letPasswordAge(email);
    await page.getByLabel("Another address").fill("ada@example.net");
    await page.getByRole("button", { name: "Add the address" }).click();
    await page.getByLabel("Your password, once more").fill(PASSWORD);
    await page.getByRole("button", { name: "Add the address" }).click();
    await expect(page.getByText("ada@example.net").first()).toBeVisible();
    await expect(page.getByLabel("Your password, once more")).toHaveCount(0);
  });
});
