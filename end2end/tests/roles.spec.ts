import { expect, hydrated, test } from "./fixture";
import { addByPage, makeAccountWithToken, makeApp, openAs } from "./people";
import { picture } from "./pictures";
import type { Page } from "@playwright/test";

const NOTES = ["The sign is bent.", "Stop here.", "Give way.", "Stop again."].map((text, number) => ({
  name: `note-${number}.txt`,
  mimeType: "text/plain",
  buffer: Buffer.from(text),
}));

// What is refused is refused with a status that the browser notes.
test.use({ expectedNoise: [/status of (403|404|409|422)/] });

type Asked = ["GET" | "POST" | "PATCH" | "DELETE" | "PUT", string, object?];

/** A task from its making to its end, by those who each may do a part of it, with what each of them may not. */
test("owner, lead, labeller and reviewer do a task together, and nobody more than their part", async ({
  page,
  another,
  request,
  axe,
}) => {
  test.slow();
  const [lead, worker, reviewer] = ["Ella Lead", "Bo Worker", "Di Reviewer"].map((name) =>
    makeAccountWithToken(name),
  ) as [Account, Account, Account];
  const app = await makeApp(page);
  const wire = `/v2/users${app.replace(/^\/([^/]+)/, "/$1/apps")}`;

  /** Asks by the API with somebody's own token, and wants it refused for want of `scope`. */
  const refused = async (who: Account, [method, path, data]: Asked, scope: string) => {
    const headers = { authorization: `Key ${who.token}` };
    const answer = await request.fetch(`${wire}${path}`, { method, headers, ...(data && { data }) });
    const { status } = await answer.json();
    expect([answer.status(), status.code], `${method} ${path}: ${JSON.stringify(status)}`).toEqual([403, 11007]);
    expect(status.details).toContain(scope);
  };
  const asks = async (who: Account, [method, path, data]: Asked) => {
    const headers = { authorization: `Key ${who.token}` };
    const answer = await request.fetch(`${wire}${path}`, { method, headers, ...(data && { data }) });
    return { http: answer.status(), body: await answer.json() };
  };

  // The owner makes room and hands the running of it to a lead.
  await addByPage(page, app, lead.email, /^Labelling lead/);

  // The lead brings in inputs, concepts, people and the task.
  const ella = await another();
  await openAs(ella, lead.email, `${app}/inputs`);
  await ella.getByLabel("Pictures and texts").setInputFiles(NOTES);
  await expect(ella.getByRole("status")).toContainText("4 of 4 added.");
  await ella.goto(`${app}/concepts`);
  for (const name of ["Stop", "Yield"]) {
    await ella.getByLabel("Name").fill(name);
    await ella.getByRole("button", { name: "Add the concept" }).click();
    await expect(ella.getByRole("row").filter({ hasText: name })).toBeVisible();
  }
  // Workers see only what tasks give them.
  await ella.goto(`${app}/settings/collaborators/add`);
  await hydrated(ella);
  await expect(ella.getByRole("radio", { name: /^Model trainer/ })).toBeDisabled();
  await ella.getByLabel("People").fill(worker.email);
  await ella.getByRole("radio", { name: /^Worker/ }).check();
  await ella.getByRole("radio", { name: /^Assigned tasks only/ }).check();
  await expect(ella.getByText("All of it only with the inputs of tasks")).toBeVisible();
  await axe(ella);
  await ella.getByRole("button", { name: /Confirm/ }).click();
  await expect(ella).toHaveURL(/\/settings\/collaborators$/);
  await expect(ella.getByRole("row").filter({ hasText: "Bo Worker" })).toContainText("assigned tasks only");
  await addByPage(ella, app, reviewer.email, /^Reviewer/);
  await ella.goto(`${app}/tasks/new`);
  await hydrated(ella);
  await ella.getByLabel("Name", { exact: true }).fill("Signs");
  await ella.getByRole("group", { name: "Labellers" }).getByLabel("Bo Worker").check();
  await ella.getByRole("group", { name: "Labellers" }).getByLabel("Di Reviewer").check();
  await ella.getByRole("radio", { name: /^Inputs are divided up/ }).check();
  await ella.getByLabel("Reviewers", { exact: true }).check();
  await ella.getByRole("group", { name: "Review" }).getByLabel("Di Reviewer").check();
  // Di labels as well, and nobody reviews their own: it takes another.
  await ella.getByRole("button", { name: "Make the task" }).click();
  await expect(ella.locator(".error-summary")).toContainText("at least one approval");
  await ella.getByRole("group", { name: "Review" }).getByLabel("Ella Lead").check();
  await ella.getByRole("button", { name: "Make the task" }).click();
  await expect(ella).toHaveURL(`${app}/tasks/signs`);

  // What a lead may not: end the app, its settings, other people's access, and what somebody else said.
  await refused(lead, ["DELETE", ""], "Apps_Delete");
  await refused(lead, ["PATCH", "", { app: { name: "Hers" }, action: "overwrite" }], "Apps_Add");
  await refused(lead, ["DELETE", "/collaborators", { user_emails: [worker.email] }], "Collaborators_Delete");
  await refused(lead, ["PATCH", "/collaborators", { action: "overwrite" }], "Collaborators_Delete");
  const trusted = { collaborators: [{ user: { email_addresses: [{ email: "cy@example.org" }] }, scopes: ["All"] }] };
  await refused(lead, ["POST", "/collaborators", trusted], "Models_Train");

  // The labeller sees their two of the four, and nothing of the rest by any way.
  const bo = await another();
  await openAs(bo, worker.email, `${app}/inputs`);
  await expect(bo.locator(".cards > li")).toHaveCount(2);
  const seen = await asks(worker, ["GET", "/inputs"]);
  const his: string[] = seen.body.inputs.map((input: { id: string }) => input.id);
  expect(his).toHaveLength(2);
  const all = (await asks(lead, ["GET", "/inputs"])).body.inputs.map((input: { id: string }) => input.id);
  const hidden = all.filter((id: string) => !his.includes(id));
  expect(hidden).toHaveLength(2);
  expect((await asks(worker, ["GET", `/inputs/${hidden[0]}`])).http).toBe(404);
  await bo.goto(`${app}/inputs/${hidden[0]}`);
  await expect(bo.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
  expect((await asks(worker, ["GET", "/inputs/status"])).body.counts.processed).toBe(2);

  // What a labeller may not.
  await bo.goto(`${app}/tasks/new`);
  await expect(bo.getByRole("heading", { name: "You cannot change this" })).toBeVisible();
  await bo.goto(`${app}/settings/collaborators`);
  await expect(bo.getByText("Collaborators_Get").first()).toBeVisible();
  await bo.goto(`${app}/tasks/signs`);
  await expect(bo.getByRole("button", { name: "Delete this task" })).toHaveCount(0);
  await bo.goto(`${app}/tasks/signs/progress`);
  await expect(bo.getByText("Collaborators_Get").first()).toBeVisible();
  await refused(worker, ["POST", "/inputs", { inputs: [{ data: { text: { raw: "Mine." } } }] }], "Inputs_Add");
  await refused(worker, ["DELETE", `/inputs/${his[0]}`], "Inputs_Delete");
  await refused(worker, ["POST", "/concepts", { concepts: [{ id: "mine" }] }], "Concepts_Add");
  await refused(worker, ["POST", "/tasks", {}], "Tasks_Add");
  await refused(worker, ["PATCH", "/tasks", { action: "overwrite" }], "Tasks_Add");
  await refused(worker, ["DELETE", "/tasks", { ids: ["signs"] }], "Tasks_Delete");
  await refused(worker, ["POST", "/exports", {}], "Exports_Add");
  await refused(worker, ["POST", "/collaborators", trusted], "Collaborators_Add");
  await refused(worker, ["POST", "/inputs/searches", { searches: [{}] }], "Search");
  const approve = (id: string) => ({ input_id: id, action: "REVIEW_APPROVE" });
  const own = await asks(worker, ["PUT", "/tasks/signs/assignments", approve(his[0] ?? "")]);
  expect([own.http, own.body.status.code !== 10000]).toEqual([409, true]);

  // They label what is theirs.
  await bo.goto(`${app}/tasks/signs/label`);
  await hydrated(bo);
  for (const left of ["1 left to label", "Nothing to label"]) {
    await bo.getByLabel("Stop").check();
    await bo.getByRole("button", { name: "Submit" }).click();
    await expect(bo.getByText(left)).toBeVisible();
  }
  const said = await asks(worker, ["GET", "/annotations"]);
  const annotation = said.body.annotations[0];
  const removal = { ids: [annotation.id], input_ids: [annotation.input_id] };
  await refused(worker, ["DELETE", "/annotations", removal], "Annotations_Delete");

  // The reviewer labels their own share, which nobody reviews themselves, and reviews the other's.
  const di = await another();
  await openAs(di, reviewer.email, `${app}/tasks/signs/label`);
  for (const left of ["1 left to label", "Nothing to label"]) {
    await di.getByLabel("Yield").check();
    await di.getByRole("button", { name: "Submit" }).click();
    await expect(di.getByText(left)).toBeVisible();
  }
  await di.goto(`${app}/tasks/signs/review`);
  await hydrated(di);
  await expect(di.getByText("2 left to review")).toBeVisible();
  for (const id of hidden) {
    const theirOwn = await asks(reviewer, ["PUT", "/tasks/signs/assignments", approve(id)]);
    expect(theirOwn.http, JSON.stringify(theirOwn.body)).toBe(409);
  }
  await refused(reviewer, ["DELETE", "/annotations", removal], "Annotations_Delete");
  await refused(reviewer, ["POST", "/exports", {}], "Exports_Add");
  await refused(reviewer, ["POST", "/tasks", {}], "Tasks_Add");
  await refused(reviewer, ["DELETE", "/inputs", { ids: all }], "Inputs_Delete");
  await refused(reviewer, ["POST", "/inputs/searches", { searches: [{ save: true }] }], "SavedSearch_Add");
  const change = { action: "overwrite", annotations: [{ ...annotation, data: { concepts: [{ id: "yield" }] } }] };
  await refused(reviewer, ["PATCH", "/annotations", change], "Annotations_Delete");
  await di.getByRole("button", { name: "Approve" }).click();
  await expect(di.getByText("1 left to review")).toBeVisible();
  await di.getByLabel("Remark").fill("Look again.");
  await di.getByRole("button", { name: "Ask for changes" }).click();
  await expect(di.getByRole("heading", { name: "Nothing to review" })).toBeVisible();

  // What was given back is mended and passes; what the reviewer labelled is for the lead to review.
  await bo.goto(`${app}/tasks/signs/label`);
  await hydrated(bo);
  await expect(bo.getByText("Look again.")).toBeVisible();
  await bo.getByRole("button", { name: "Submit" }).click();
  await expect(bo.getByText("Nothing to label")).toBeVisible();
  await di.goto(`${app}/tasks/signs/review`);
  await hydrated(di);
  await di.getByRole("button", { name: "Approve" }).click();
  await expect(di.getByRole("heading", { name: "Nothing to review" })).toBeVisible();
  await ella.goto(`${app}/tasks/signs/review`);
  await hydrated(ella);
  await ella.getByRole("button", { name: "Approve" }).click();
  await expect(ella.getByText("1 left to review")).toBeVisible();
  await ella.getByRole("button", { name: "Approve" }).click();
  await expect(ella.getByRole("heading", { name: "Nothing to review" })).toBeVisible();

  // The owner sees that it is done, and how it went; and takes the limit off the labeller, for the very next request.
  await page.goto(`${app}/tasks`);
  await expect(page.getByRole("row").filter({ hasText: "Signs" })).toContainText("4 of 4");
  await page.goto(`${app}/tasks/signs/progress`);
  await expect(page.getByRole("img", { name: "How far it is" })).toBeVisible();
  await picture(page, "progress");
  await page.goto(`${app}/tasks`);
  await page.getByRole("link", { name: "How the work goes on" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Progress of all tasks");
  await expect(page.locator(".figure", { hasText: "What each submitted" }).getByRole("img")).toContainText(
    "2 submitted, 100 % approved",
  );
  await axe();
  await bo.goto(`${app}/progress`);
  await expect(bo.getByText("Collaborators_Get").first()).toBeVisible();
  // Who said what, and what became of it.
  const mended = annotation.input_id === his[1] ? his[0] : his[1];
  await page.goto(`${app}/inputs/${mended}`);
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("History of");
  await expect(page.getByRole("row").filter({ hasText: "as it stands now" })).toContainText(/Di Reviewer.*Stop.*counts/);
  await expect(page.getByRole("row").filter({ hasText: "Bo Worker" }).first()).toBeVisible();
  await axe();
  await page.goto(`${app}/settings/collaborators`);
  await hydrated(page);
  await page.getByRole("row").filter({ hasText: "Bo Worker" }).getByRole("link", { name: "Edit" }).click();
  await page.getByRole("radio", { name: /^All inputs/ }).check();
  await page.getByRole("button", { name: "Confirm: all inputs" }).click();
  await expect(page.locator(".toasts")).toContainText("Bo Worker has this access now: Worker.");
  expect((await asks(worker, ["GET", "/inputs"])).body.inputs).toHaveLength(4);
});

type Account = ReturnType<typeof makeAccountWithToken>;
