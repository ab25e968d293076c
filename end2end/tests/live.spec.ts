import { expect, test } from "./fixture";
import { makeAccount, openAndListening, signedIn } from "./people";

test("an open page says by itself what somebody else changes", async ({ browser }) => {
  const ada = makeAccount("Ada Lovelace");
  const bo = makeAccount("Bo Lindqvist");
  const app = `/${ada.split("@")[0]}/signs`;
  const people = `${app}/settings/collaborators`;
  const owner = await signedIn(browser, ada, "/apps/new");
  await owner.getByLabel("Name", { exact: true }).fill("Signs");
  await owner.getByRole("button", { name: "Make the app" }).click();
  await expect(owner).toHaveURL(app);
  await openAndListening(owner, people);
  await owner.keyboard.press("i");
  await owner.getByLabel("People").fill(bo);
  await owner.getByRole("radio", { name: /Trusted/ }).check();
  await owner.getByRole("button", { name: "Confirm: add 1 collaborator" }).click();
  await expect(owner.getByRole("dialog")).toBeHidden();
  await expect(owner.getByRole("status")).toContainText("Bo Lindqvist was added.");

  // Bo types into the dialog while Ada looks: whom he adds appears on her page.
  const other = await signedIn(browser, bo, "/collaborations");
  await openAndListening(other, people);
  await other.keyboard.press("i");
  await other.getByLabel("People").fill("cy@example.org");
  await other.getByRole("button", { name: "Confirm: add 1 collaborator" }).click();
  await expect(owner.getByRole("row").filter({ hasText: "cy@example.org" })).toBeVisible();

  await expect(other.getByRole("dialog")).toBeHidden();

  // Ada makes Bo a viewer while he types again: he is told, and nothing of what he typed is lost.
  await other.keyboard.press("i");
  await other.getByLabel("People").fill("di@example.org");
  await owner.getByRole("link", { name: "Edit Bo Lindqvist" }).click();
  await owner.getByRole("radio", { name: /Viewer/ }).check();
  await owner.getByRole("button", { name: "Confirm" }).click();
  await expect(owner.getByRole("dialog")).toBeHidden();
  const notice = other.getByRole("dialog").getByRole("status");
  await expect(notice).toContainText("Ada Lovelace changed what you can do here: you can no longer");
  await expect(notice).toContainText("invite people, with at most what you have yourself");
  await expect(other.getByLabel("People")).toHaveValue("di@example.org");

  // A page that he only looks at is fetched anew; then he is removed.
  await openAndListening(other, app);
  await owner.getByRole("link", { name: "Remove Bo Lindqvist" }).click();
  await owner.getByRole("button", { name: "Remove Bo Lindqvist" }).click();
  await expect(other.getByRole("status")).toContainText("You were removed from this app by Ada Lovelace.");
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("Signs");
});

test("what is typed into a page survives what others change", async ({ browser }) => {
  const ada = makeAccount("Ada Lovelace");
  const app = `/${ada.split("@")[0]}/signs`;
  const one = await signedIn(browser, ada, "/apps/new");
  await one.getByLabel("Name", { exact: true }).fill("Signs");
  await one.getByRole("button", { name: "Make the app" }).click();
  await expect(one).toHaveURL(app);
  await openAndListening(one, `${app}/settings`);
  await one.getByLabel("Description").fill("Photographed on the way to work.");

  const two = await signedIn(browser, ada, `${app}/settings`);
  await two.getByLabel("Name").first().fill("Street signs");
  await two.getByRole("button", { name: "Save" }).click();
  const notice = one.getByRole("status");
  await expect(notice).toContainText("Something here was changed meanwhile.");
  await expect(one.getByLabel("Description")).toHaveValue("Photographed on the way to work.");
  await one.getByRole("button", { name: "Show how it is now" }).click();
  await expect(one.getByLabel("Name").first()).toHaveValue("Street signs");
});

test.describe("somebody who cannot see an app", () => {
  test("hears nothing of it", async ({ browser, request }) => {
    const eve = await signedIn(browser, makeAccount("Eve Stranger"), "/apps");
    const heard = (path: string) => eve.evaluate(async (path) => (await fetch(path)).status, path);
    expect(await heard("/events?app=nobody/nothing")).toBe(404);
    expect(await heard("/events?app=nothing")).toBe(404);
    expect((await request.get("/events?app=nobody/nothing")).status()).toBe(401);
  });
});
