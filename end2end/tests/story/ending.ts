import { CODE, expectRefused } from "../calls";
import { expect } from "../fixture";
import { openAndListening } from "../people";
import { picture } from "../pictures";
import { type Cast, dialogOf, INPUT, NAME, people, row, withBosToken } from "./cast";

const SAID = { input_id: "roundabout-late-afternoon", data: { concepts: [{ id: "stop" }] } };

/** Ada takes the right to annotate from Bo, and sees before that Di loses it with him. */
export async function narrows(cast: Cast): Promise<void> {
  const { ada, bo, di, app, axe, address } = cast;
  await openAndListening(bo, `${app}/inputs/${INPUT}`);
  await openAndListening(di, `${app}/inputs/${INPUT}`);
  for (const page of [bo, di]) await expect(page.getByLabel("Add a concept")).toBeVisible();

  await ada.getByRole("link", { name: `Edit ${NAME.bo}` }).click();
  const dialog = dialogOf(ada, `Access of ${NAME.bo}`);
  await dialog.getByRole("button", { name: "Advanced" }).click();
  await dialog.getByRole("checkbox", { name: "Annotations_Add" }).uncheck();
  const lost = "They will no longer be able to add annotations, and change their own";
  const difference = dialog.locator(".diff");
  await expect(difference).toContainText("Change: −1");
  await expect(difference.getByRole("listitem").filter({ hasText: `${NAME.di}: −1.` })).toContainText(lost);
  await expect(difference).toContainText("Keys that narrow or end: 2");
  await axe(ada);
  await difference.scrollIntoViewIfNeeded();
  await picture(ada, "narrowing");
  await dialog.getByRole("button", { name: "Confirm: −1" }).click();
  await expect(dialog).toBeHidden();

  // The very next request, of him and of her whom he invited.
  const call = withBosToken(cast);
  expectRefused(await call("POST", "/annotations", { annotations: [SAID] }), "Annotations_Add", NAME.ada);
  for (const page of [bo, di]) {
    const news = page.getByRole("status");
    await expect(news).toContainText("changed what you can do here: you can no longer add annotations");
    await expect(page.getByLabel("Add a concept")).toHaveCount(0);
    await expect(page.getByRole("main")).toContainText("Annotations_Add");
  }
  await axe(bo);
  expect(await call("GET", `/inputs/${INPUT}`)).toMatchObject({ http: 200, code: CODE.success });
  await expect(row(ada, address.di)).toBeVisible();
}

/** Ada removes Bo and keeps Di. */
export async function removes(cast: Cast): Promise<void> {
  const { ada, bo, di, app, axe, address } = cast;
  await openAndListening(bo, `${app}/inputs/${INPUT}`);
  await ada.getByRole("link", { name: `Remove ${NAME.bo}` }).click();
  const keep = ada.getByRole("radio", { name: /^Keep them under me/ });
  await expect(keep).toBeChecked();
  const below = ada.getByRole("group", { name: "The people whom they invited" });
  const kept = below.locator(".preset").filter({ has: keep });
  await expect(kept).toContainText(`${NAME.di}: stays, under you.`);
  await axe(ada);
  await ada.getByRole("button", { name: `Remove ${NAME.bo}`, exact: true }).click();
  await expect(row(ada, address.bo)).toHaveCount(0);
  await expect(ada).toHaveURL(people(app));

  await expect(bo.getByRole("status")).toContainText(`You were removed from this app by ${NAME.ada}.`);
  await expect(bo.getByRole("heading", { level: 1 })).toHaveText(INPUT);
  await axe(bo);
  expect((await withBosToken(cast)("GET", `/inputs/${INPUT}`)).http).toBe(401);
  const answer = await bo.goto(app);
  expect(answer?.status()).toBe(404);
  await bo.goto("/collaborations");
  await expect(bo.getByRole("heading", { name: "Nothing is shared with you yet" })).toBeVisible();

  await expect(row(ada, address.di).getByRole("cell", { name: NAME.ada })).toBeVisible();
  expect((await di.goto(`${app}/inputs/${INPUT}`))?.status()).toBe(200);
  await di.goto("/collaborations");
  await expect(row(di, "Street signs")).toContainText(NAME.ada);
}

/** Everything that changed who may do what is in the audit list, with what was before and after. */
export async function isAllTold({ ada, app, axe, address }: Cast): Promise<void> {
  await ada.goto(`${app}/settings/audit`);
  await axe(ada);
  await picture(ada, "audit");
  // The newest first.
  const steps: { what: string; who: string; before?: string; after?: string }[] = [
    { what: `removed ${NAME.bo}`, who: NAME.ada, before: "Collaborators_Add" },
    { what: `changed the access of ${NAME.di}`, who: NAME.ada, before: NAME.bo, after: NAME.ada },
    { what: `changed the access of ${NAME.di}`, who: NAME.ada, before: "Annotations_Add" },
    { what: `changed the access of ${NAME.bo}`, who: NAME.ada, before: "Annotations_Add" },
    { what: `took up the invitation of ${address.cy}`, who: NAME.cy, before: "pending", after: "active" },
    { what: `added ${NAME.di}`, who: NAME.bo, after: "Annotations_Add" },
    { what: `changed the access of ${NAME.bo}`, who: NAME.ada, after: "Collaborators_Add" },
    { what: "opened the key", who: NAME.bo, before: "no", after: "yes" },
    { what: `invited ${address.cy}`, who: NAME.ada, after: "Annotations_Get" },
    { what: `added ${NAME.bo}`, who: NAME.ada, after: "Annotations_Add" },
    { what: "made the app street-signs", who: NAME.ada, after: "street-signs" },
  ];
  for (const { what, who, before, after } of steps) {
    const by = ada.getByRole("cell", { name: who, exact: true });
    let entry = row(ada, what).filter({ has: by });
    if (before) entry = entry.filter({ has: ada.locator("del", { hasText: before }) });
    if (after) entry = entry.filter({ has: ada.locator("ins", { hasText: after }) });
    await expect(entry, `${who} ${what}`).toHaveCount(1);
  }
}
