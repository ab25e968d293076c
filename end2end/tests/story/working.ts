import { CODE, expectRefused, type Field, post } from "../calls";
import { expect, hydrated } from "../fixture";
import { atRest, signInAs } from "../people";
import { picture } from "../pictures";
import { type Cast, drawsBox, enter, INPUT, invitation, NAME, people, row, withBosToken } from "./cast";

/** The input about which Bo says something by the token. */
const FOG = "speed-limit-in-the-fog";

/** Bo finds the app among those that are shared with him, and sees there what he can do. */
export async function findsTheApp({ bo, app, axe, address }: Cast): Promise<void> {
  await signInAs(bo, address.bo, "/collaborations");
  await hydrated(bo);
  await expect(row(bo, "Street signs")).toContainText("Worker");
  await expect(row(bo, "Street signs")).toContainText(NAME.ada);
  await axe(bo);
  await bo.getByRole("link", { name: "Street signs" }).click();
  await expect(bo).toHaveURL(app);
  await expect(bo.getByText("Your access: Worker.")).toBeVisible();
  await axe(bo);
}

/** Bo opens the token that came with the collaboration: its secret is shown this once. */
export async function opensHisToken(cast: Cast): Promise<void> {
  const { bo, axe } = cast;
  await bo.getByRole("button", { name: /^Account of/ }).click();
  await bo.getByRole("link", { name: "Keys" }).click();
  await expect(row(bo, "Street signs")).toContainText("Not opened yet");
  await axe(bo);
  await row(bo, "Street signs").getByRole("link").first().click();
  await bo.getByRole("button", { name: "Open the key" }).click();
  const secret = bo.locator(".secret-value code");
  await expect(secret).toHaveText(/^atl_/);
  await expect(bo.getByText("This is the only time the secret is shown.")).toBeVisible();
  await axe(bo);
  const token = await secret.innerText();
  cast.bosToken = token;

  await bo.reload();
  await expect(bo.getByText(`Its secret ends in ${token.slice(-4)}. Nobody can look it up.`)).toBeVisible();
  expect(await bo.content()).not.toContain(token);
}

/** Bo annotates: in the browser the whole and a part, and once more by the token. */
export async function annotates(cast: Cast): Promise<void> {
  const { bo, app, axe } = cast;
  await bo.goto(app);
  await hydrated(bo);
  await enter(bo, "Inputs");
  await bo.getByRole("link", { name: INPUT }).click();
  await expect(bo.getByRole("heading", { level: 1 })).toHaveText(INPUT);
  await bo.getByLabel("Add a concept").fill("Speed limit 30");
  await bo.getByRole("button", { name: "Add", exact: true }).click();
  const own = bo.getByRole("list", { name: "Concepts of the whole input" }).getByRole("listitem");
  await expect(own.filter({ hasText: "Speed limit 30" })).toContainText(NAME.bo);

  await drawsBox(bo, [0.82, 0.34], [0.945, 0.52], "Stop");
  await expect(bo.getByRole("button", { name: `Stop, by ${NAME.bo}` })).toBeVisible();
  await axe(bo);
  await picture(bo, "input");
  await picture(bo, "input-dark", "dark");

  const said = { id: "by-token", input_id: FOG, data: { concepts: [{ id: "stop" }] } };
  expect(await withBosToken(cast)("POST", "/annotations", { annotations: [said] })).toMatchObject({
    http: 200,
    code: CODE.success,
  });
}

/** What Bo cannot do the pages do not offer, and say why. */
export async function isRefusedByThePages(cast: Cast): Promise<void> {
  const { bo, app, otherApp, axe } = cast;
  const main = bo.getByRole("main");

  // What Ada said is hers, and what he said himself stays.
  const adas = main.getByRole("listitem").filter({ hasText: `${NAME.ada}’s; nobody else can change it` });
  await expect(adas).toContainText("Speed limit 30");
  await expect(adas.getByRole("button", { name: /^Remove/ })).toHaveCount(0);
  await bo.getByRole("button", { name: `Speed limit 30, by ${NAME.ada}` }).click();
  await expect(bo.locator(".naming")).toHaveCount(0);
  await bo.locator("#canvas-drawing").focus();
  await bo.keyboard.press("ArrowRight");
  await expect(bo.getByRole("status")).toContainText(`${NAME.ada}’s; nobody else can change it`);
  await expect(main.getByRole("button", { name: /^Remove/ })).toHaveCount(0);
  const lacks = "Annotations_Delete: your access to this app does not include Annotations_Delete";
  await expect(main).toContainText(`${lacks}; ${NAME.ada} could give it to you`);
  const box = bo.getByRole("button", { name: `Stop, by ${NAME.bo}` });
  await box.click();
  await bo.keyboard.press("Delete");
  await expect(bo.getByRole("status")).toContainText("Annotations_Delete");
  await expect(box).toBeVisible();

  // Another concept in the place of the one that he said himself would take that away.
  await atRest(bo);
  await bo.locator(".naming").getByLabel("Concept").fill("Speed limit 30");
  await bo.locator(".naming").getByRole("button", { name: "Save" }).click();
  await expect(main.getByRole("alert").filter({ hasText: "Annotations_Delete" })).toBeVisible();
  await axe(bo);
  await main.getByRole("button", { name: "Take it back" }).click();
  await expect(box).toBeVisible();

  await expect(main.getByRole("button", { name: "Delete this input" })).toHaveCount(0);
  await expect(main).toContainText("Inputs_Delete");
  await bo.goto(app);
  const cannot = main.locator(".abilities > div").filter({ has: bo.getByRole("heading", { name: "They cannot" }) });
  await expect(cannot).toContainText("export data, and duplicate the app");

  // There is no way to the people, and who takes an address of theirs is told why; both are looked at in any case.
  await expect(bo.getByRole("link", { name: "Collaborators" })).toHaveCount(0);
  for (const path of [people(app), `${people(app)}/add`]) {
    const answer = await bo.goto(path);
    expect.soft(answer?.status(), path).toBe(403);
    const why = bo.getByRole("main").getByText(`${NAME.ada} could give it to you`);
    await expect.soft(why, path).toContainText("Collaborators_");
    await axe(bo);
  }

  // What is not shared with him is not there.
  const answer = await bo.goto(otherApp);
  expect(answer?.status()).toBe(404);
  await expect(bo.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
  await axe(bo);
}

/** Nor does his token do it. */
export async function isRefusedByTheApi(cast: Cast): Promise<void> {
  const call = withBosToken(cast);
  const adas = await annotationOf(cast, cast.app.split("/")[1] ?? "");
  const patch = (id: string, input: string, action: string) =>
    call("PATCH", "/annotations", {
      action,
      annotations: [{ id, input_id: input, data: { concepts: [{ id: "stop", value: 1 }] } }],
    });
  const refusals = [
    ["Annotations_Delete", await call("DELETE", `/inputs/${FOG}/annotations/by-token`)],
    ["Annotations_Delete", await patch("by-token", FOG, "remove")],
    ["Annotations_Delete", await patch("by-token", FOG, "overwrite")],
    ["Annotations_Delete", await patch(adas, INPUT, "overwrite")],
    ["Inputs_Delete", await call("DELETE", `/inputs/${INPUT}`)],
    ["Exports_Add", await call("POST", "/duplications", { app_duplications: [{}] })],
    ["Collaborators_Add", await call("POST", "/collaborators", invitation(cast.address.di, ["Inputs_Get"]))],
  ] as const;
  for (const [scope, answer] of refusals) expectRefused(answer, scope, NAME.ada);

  const someoneElses = await patch(adas, INPUT, "merge");
  expect(someoneElses).toMatchObject({ http: 403, code: CODE.someoneElses });
  expect(someoneElses.details).toContain(NAME.ada);
  const hidden = await withBosToken(cast, cast.otherApp)("GET", "/inputs");
  expect(hidden).toMatchObject({ http: 404, code: CODE.notFound, details: "" });
}

/** Nor does a form that he makes up, as his own pages would post it. */
export async function isRefusedByTheForms(cast: Cast): Promise<void> {
  const { bo, app, address } = cast;
  const [, owner = "", slug = ""] = app.split("/");
  const place: Field[] = [["owner", owner], ["app", slug]];
  const gone: Field[] = [...place, ["input", FOG], ["annotation", "by-token"], ["concept", "stop"]];
  const person: Field[] = [["people", address.di], ["preset", "viewer"]];
  const invited: Field[] = [...place, ...person, ["ends", "never"], ["note", ""]];
  const forms: [string, string, Field[]][] = [
    ["annotations/remove", "Annotations_Delete", gone],
    ["inputs/delete", "Inputs_Delete", [...place, ["input", INPUT]]],
    ["collaborators/add", "Collaborators_Add", invited],
  ];
  for (const [name, scope, fields] of forms) {
    const answer = await post(bo, name, fields);
    expect(answer.http, name).toBe(403);
    expect(answer.body, name).toContain(scope);
    expect(answer.body, name).toContain(NAME.ada);
  }
  // Everything is still there.
  const said = await withBosToken(cast)("GET", `/inputs/${FOG}/annotations/by-token`);
  expect(said).toMatchObject({ http: 200, code: CODE.success });
}

/** The identifier of what `author` said of the input about which most is said. */
async function annotationOf(cast: Cast, author: string): Promise<string> {
  const { body } = await withBosToken(cast)("GET", `/annotations?input_ids=${INPUT}&user_ids=${author}`);
  const [found] = (JSON.parse(body) as { annotations: { id: string }[] }).annotations;
  if (!found) throw new Error(`${author} has said nothing of ${INPUT}`);
  return found.id;
}
