import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, hydrated } from "../fixture";
import { DEMO } from "../files";
import { linkInMail, newAddress, PASSWORD, signIn, signUp } from "../people";
import { picture } from "../pictures";
import { type Cast, drawsBox, enter, INPUT, NAME, people, row } from "./cast";

/** Ada makes an account and proves that the address is hers. */
export async function registers({ ada, axe }: Cast): Promise<void> {
  await ada.goto("/");
  await axe(ada);
  await ada.getByRole("link", { name: "Create account" }).first().click();
  await axe(ada);
  const email = await signUp(ada, NAME.ada);
  await axe(ada);

  await ada.goto(await linkInMail(email, /\/verify\/\S+/));
  await axe(ada);
  await ada.getByLabel("Password").fill(PASSWORD);
  await ada.getByRole("button", { name: "Confirm this address" }).click();
  await expect(ada.getByRole("heading", { level: 1 })).toHaveText("Address confirmed");
  await axe(ada);
  await ada.getByRole("link", { name: "Go to your apps" }).click();
  await axe(ada);
  await signIn(ada, email);
  await expect(ada).toHaveURL("/apps");
  await axe(ada);
}

/** Ada makes the app that she will share, and one that nobody else is to see. */
export async function makesApps(cast: Cast): Promise<void> {
  const { ada, axe } = cast;
  const make = async (name: string, slug: RegExp) => {
    await ada.getByRole("link", { name: "New app" }).click();
    await axe(ada);
    await ada.getByLabel("Name", { exact: true }).fill(name);
    await ada.getByRole("button", { name: "Make the app" }).click();
    await expect(ada).toHaveURL(slug);
    return new URL(ada.url()).pathname;
  };
  cast.otherApp = await make("Private letters", /\/private-letters$/);
  await ada.getByRole("link", { name: "to all apps" }).click();
  cast.app = await make("Street signs", /\/street-signs$/);
  await axe(ada);
}

/** Ada uploads pictures and texts, names what can be said of them, and says the first things herself. */
export async function uploads({ ada, app, axe }: Cast): Promise<void> {
  const files = readdirSync(DEMO).filter((name) => /\.(jpg|txt)$/.test(name));
  await enter(ada, "Inputs");
  await axe(ada);
  await ada.getByLabel("Pictures and texts").setInputFiles(files.map((name) => join(DEMO, name)));
  await expect(ada.getByRole("status")).toContainText(`${files.length} of ${files.length} added.`, { timeout: 60_000 });
  await expect(ada.locator(".card")).toHaveCount(files.length);
  await axe(ada);
  await ada.getByRole("button", { name: "Clear what has ended" }).click();

  await enter(ada, "Concepts");
  await axe(ada);
  for (const name of ["Stop", "Speed limit 30"]) {
    await ada.getByLabel("Name", { exact: true }).last().fill(name);
    await ada.getByRole("button", { name: "Add the concept" }).click();
    await expect(row(ada, name)).toBeVisible();
  }
  await axe(ada);

  await enter(ada, "Inputs");
  await ada.getByRole("link", { name: INPUT }).click();
  await ada.getByLabel("Add a concept").fill("Stop");
  await ada.getByRole("button", { name: "Add", exact: true }).click();
  await expect(ada.getByRole("list", { name: "Concepts of the whole input" })).toContainText(NAME.ada);
  await drawsBox(ada, [0.25, 0.39], [0.34, 0.54], "Speed limit 30");
  await expect(ada.getByRole("button", { name: `Speed limit 30, by ${NAME.ada}` })).toBeVisible();
  await expect(ada).toHaveURL(`${app}/inputs/${INPUT}`);

  // Of the pictures alone, some are chosen.
  await ada.goto(`${app}/inputs?q=medium(image)`);
  await hydrated(ada);
  const boxes = ada.locator(".choose input");
  await expect(boxes).toHaveCount(files.filter((name) => name.endsWith(".jpg")).length);
  for (const place of [0, 1, 3]) await boxes.nth(place).check();
  await expect(ada.locator(".chooser-bar")).toContainText("3 are chosen.");
  await axe(ada);
  await picture(ada, "explorer");
}

/** Ada adds Bo, who has an account, and Cy, who has none, and sees what either will be able to do. */
export async function addsPeople({ ada, app, axe, address }: Cast): Promise<void> {
  await enter(ada, "Settings");
  await axe(ada);
  await enter(ada, "Collaborators");
  await expect(ada.getByRole("heading", { name: "Nobody else works here yet" })).toBeVisible();
  const dialog = ada.getByRole("dialog", { name: "Add collaborators to Street signs" });
  const can = ada.locator(".choice-can");
  const cannot = ada.locator(".choice-cannot");

  await ada.getByRole("link", { name: "Add Collaborators" }).click();
  await dialog.getByLabel("People").fill(address.bo);
  await dialog.getByRole("radio", { name: /^Worker/ }).check();
  for (const text of ["see inputs", "see concepts", "add annotations, and change their own"]) {
    await expect(can).toContainText(text);
  }
  for (const text of ["delete annotations", "delete inputs", "add inputs", "invite people", "duplicate the app"]) {
    await expect(cannot).toContainText(text);
  }
  await axe(ada);
  await picture(ada, "add-collaborators");
  await dialog.getByRole("button", { name: "Confirm: add 1 collaborator" }).click();
  await expect(dialog).toBeHidden();
  await expect(ada.getByRole("status")).toContainText(`${NAME.bo} was added.`);
  await expect(row(ada, address.bo)).toContainText("Worker");

  await ada.getByRole("link", { name: "Add Collaborators" }).click();
  await dialog.getByLabel("People").fill(address.cy);
  await dialog.getByRole("radio", { name: /^Viewer/ }).check();
  await expect(can).toContainText("see annotations");
  await expect(cannot).toContainText("add annotations, and change their own");
  await dialog.getByRole("button", { name: "Confirm: add 1 collaborator" }).click();
  await expect(dialog).toBeHidden();
  await expect(ada.getByRole("status")).toContainText(`${address.cy} was invited.`);
  await expect(row(ada, address.cy)).toContainText("Invitation ends");
  await expect(ada).toHaveURL(people(app));
  await axe(ada);
}

/** Cy makes an account with another address than the one that was invited, and is let in only with that one. */
export async function takesUpTheInvitation(cast: Cast): Promise<void> {
  const { cy, app, axe, address } = cast;
  const invitation = await linkInMail(address.cy, /\/invitation\/\S+/);
  await cy.goto(invitation);
  await expect(cy.getByRole("main")).toContainText(address.cy);
  await axe(cy);

  const other = await signUp(cy, NAME.cy, newAddress("cy"));
  await cy.goto(await linkInMail(other, /\/verify\/\S+/));
  await cy.getByLabel("Password").fill(PASSWORD);
  await cy.getByRole("button", { name: "Confirm this address" }).click();
  await expect(cy.getByRole("heading", { level: 1 })).toHaveText("Address confirmed");
  await expect(cy.getByText("Street signs")).toHaveCount(0);
  await cy.goto("/collaborations");
  await signIn(cy, other);
  await expect(cy.getByRole("heading", { name: "Nothing is shared with you yet" })).toBeVisible();
  await axe(cy);
  await refusesCy(cast);

  // An address that is only claimed lets nobody in.
  await cy.goto("/collaborations");
  await cy.getByRole("link", { name: "Add an address" }).click();
  await hydrated(cy);
  await cy.getByLabel("Another address").fill(address.cy);
  await cy.getByRole("button", { name: "Add the address" }).click();
  await expect(row(cy, address.cy)).toContainText("Not verified yet");
  await axe(cy);
  await refusesCy(cast);

  await cy.goto(await linkInMail(address.cy, /\/verify\/\S+/));
  await cy.getByLabel("Password").fill(PASSWORD);
  await cy.getByRole("button", { name: "Confirm this address" }).click();
  await expect(cy.getByRole("heading", { name: "You can now open" })).toBeVisible();
  await cy.getByRole("link", { name: "Go to your collaborations" }).click();
  await cy.getByRole("link", { name: "Street signs" }).click();
  await expect(cy).toHaveURL(app);
  await expect(cy.getByText("Your access: Viewer.")).toBeVisible();
}

/** To Cy the app does not exist, whatever the door. */
async function refusesCy({ cy, app }: Cast): Promise<void> {
  const answer = await cy.goto(app);
  expect(answer?.status()).toBe(404);
  await expect(cy.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
}
