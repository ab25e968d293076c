import type { Locator } from "@playwright/test";
import { expectRefused, type Field, post } from "../calls";
import { expect, hydrated } from "../fixture";
import { openAndListening, signInAs } from "../people";
import { picture } from "../pictures";
import { type Cast, dialogOf, invitation, NAME, people, row, withBosToken } from "./cast";

/** Ada lets Bo invite. What that needs is chosen with it, and the page that Bo has open tells him. */
export async function lets({ ada, bo, app, axe, address }: Cast): Promise<void> {
  await openAndListening(bo, app);
  await openAndListening(ada, people(app));
  await ada.getByRole("link", { name: `Edit ${NAME.bo}` }).click();
  const dialog = dialogOf(ada, `Access of ${NAME.bo}`);
  await dialog.getByRole("button", { name: "Advanced" }).click();
  await dialog.getByRole("checkbox", { name: "Collaborators_Add" }).check();
  const needed = dialog.getByRole("checkbox", { name: "Collaborators_Get" });
  await expect(needed).toBeChecked();
  await expect(needed).toBeDisabled();
  await expect(needed).toHaveAccessibleDescription("needed by Collaborators_Add");
  await expect(dialog.locator(".diff")).toContainText("Change: +2");
  const gained = "They will also be able to see who the collaborators are and invite people";
  await expect(dialog.locator(".diff")).toContainText(gained);
  await axe(ada);
  await dialog.getByRole("button", { name: /^Confirm/ }).click();
  await expect(dialog).toBeHidden();
  await expect(row(ada, address.bo)).toContainText("Worker + ");

  const news = bo.getByRole("status");
  await expect(news).toContainText(`${NAME.ada} changed what you can do here: you can now`);
  await expect(news).toContainText("invite people, with at most what you have yourself");
  await expect(bo.getByRole("link", { name: "Collaborators" }).first()).toBeVisible();
}

/** Bo invites Di, and can give her nothing that he has not. */
export async function invites(cast: Cast): Promise<void> {
  const { bo, axe, address } = cast;
  await bo.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Collaborators" }).click();
  await expect(row(bo, address.bo)).toContainText("(you)");
  // He can invite; to change what others have is a right of its own.
  await expect(bo.getByRole("link", { name: /^(Edit|Remove)/ })).toHaveCount(0);
  await axe(bo);
  await bo.getByRole("link", { name: "Add Collaborators" }).click();
  const dialog = dialogOf(bo, "Add collaborators to Street signs");
  await dialog.getByLabel("People").fill(address.di);

  // What he lacks is shown, cannot be chosen, and says why.
  await isBeyondBo(dialog.getByRole("radio", { name: /^Labelling lead/ }), "more than you have yourself");
  await dialog.getByRole("button", { name: "Advanced" }).click();
  for (const scope of ["Annotations_Delete", "Inputs_Delete", "Exports_Add"]) {
    await isBeyondBo(dialog.getByRole("checkbox", { name: scope }), "you do not have this yourself");
  }
  await isBeyondBo(dialog.getByRole("checkbox", { name: "Predict" }).first(), "you do not have this yourself");
  await dialog.getByText("Select All Scopes").click();
  await expect(dialog.getByRole("checkbox", { name: "Annotations_Add" })).toBeChecked();
  await expect(dialog.getByRole("checkbox", { name: "Annotations_Delete" })).not.toBeChecked();

  await dialog.getByRole("radio", { name: /^Worker/ }).check();
  await expect(dialog.locator(".choice-cannot")).toContainText("invite people");
  await axe(bo);
  await refusesMore(cast);
  await dialog.getByRole("button", { name: "Confirm: add 1 collaborator" }).click();
  await expect(dialog).toBeHidden();
  await expect(row(bo, address.di)).toContainText("Worker");
  await expect(row(bo, address.di).getByRole("cell", { name: NAME.bo })).toBeVisible();
  await axe(bo);
}

/** A choice that cannot be made, with the reason beside it or in its description. */
async function isBeyondBo(choice: Locator, why: string): Promise<void> {
  await expect(choice).toBeDisabled();
  await expect(choice).not.toBeChecked();
  await expect(choice.locator("xpath=ancestor::li[1]")).toContainText(why);
}

/** A form that gives more than the page offers is refused whole, and so is the token. */
async function refusesMore(cast: Cast): Promise<void> {
  const { bo, app, address } = cast;
  const [, owner = "", slug = ""] = app.split("/");
  const forged = ["Apps_Get", "Inputs_Get", "Annotations_Get", "Annotations_Delete"];
  const ticked = forged.map((scope): Field => ["scopes[]", scope]);
  const choices: [string, Field[]][] = [
    ["Annotations_Delete", ticked],
    ["Inputs_Delete", [["preset", "labelling-lead"]]],
  ];
  for (const [scope, choice] of choices) {
    const place: Field[] = [["owner", owner], ["app", slug], ["people", address.di]];
    const form = await post(bo, "collaborators/add", [...place, ...choice, ["ends", "never"], ["note", ""]]);
    expect(form.http).toBe(403);
    expect(form.body).toContain(scope);
    expect(form.body).toContain(`${NAME.ada} could give it to you`);
  }

  const answer = await withBosToken(cast)("POST", "/collaborators", invitation(address.di, forged));
  expectRefused(answer, "Annotations_Delete", NAME.ada);
  const { body } = await withBosToken(cast)("GET", "/collaborators");
  expect(body).not.toContain(address.di.split("@")[0]);
}

/** Di finds the app, and who gave it to her. */
export async function joins({ di, app, axe, address }: Cast): Promise<void> {
  await signInAs(di, address.di, "/collaborations");
  await hydrated(di);
  await expect(row(di, "Street signs")).toContainText(NAME.bo);
  await di.getByRole("link", { name: "Street signs" }).click();
  await expect(di).toHaveURL(app);
  await expect(di.getByText("Your access: Worker.")).toBeVisible();
  await axe(di);
}

/** Ada sees who brought whom. */
export async function looksAtThePeople({ ada, app, axe, address }: Cast): Promise<void> {
  await openAndListening(ada, people(app));
  await expect(row(ada, address.di)).toContainText(NAME.bo);
  await expect(row(ada, NAME.cy)).toContainText("Viewer");
  await axe(ada);
  await picture(ada, "collaborators");
  await picture(ada, "collaborators-dark", "dark");
}
