import { test } from "./fixture";
import { makeAccount, newAddress } from "./people";
import { type Cast, NAME } from "./story/cast";
import { isAllTold, narrows, removes } from "./story/ending";
import { invites, joins, lets, looksAtThePeople } from "./story/inviting";
import { addsPeople, makesApps, registers, takesUpTheInvitation, uploads } from "./story/sharing";
import {
  annotates,
  findsTheApp,
  isRefusedByTheApi,
  isRefusedByTheForms,
  isRefusedByThePages,
  opensHisToken,
} from "./story/working";

// The browser notes every answer above 399 by itself, and this is a story of refusals.
test.use({ expectedNoise: [/status of (401|403|404)/] });

test("Ada shares an app with Bo, Cy and Di, scope by scope", async ({ page, another, request, axe }) => {
  test.setTimeout(600_000);
  const cast: Cast = {
    ada: page,
    bo: await another(),
    cy: await another(),
    di: await another(),
    address: { bo: makeAccount(NAME.bo), cy: newAddress(NAME.cy), di: makeAccount(NAME.di) },
    request,
    another,
    axe,
    app: "",
    otherApp: "",
    bosToken: "",
  };
  await test.step("Ada registers", () => registers(cast));
  await test.step("Ada makes two apps", () => makesApps(cast));
  await test.step("Ada uploads pictures and texts", () => uploads(cast));
  await test.step("Ada adds Bo and Cy", () => addsPeople(cast));
  await test.step("Bo finds the app", () => findsTheApp(cast));
  await test.step("Bo opens his token", () => opensHisToken(cast));
  await test.step("Bo annotates", () => annotates(cast));
  await test.step("The pages refuse Bo what he was not given", () => isRefusedByThePages(cast));
  await test.step("The API refuses it", () => isRefusedByTheApi(cast));
  await test.step("The forms refuse it", () => isRefusedByTheForms(cast));
  await test.step("Ada lets Bo invite", () => lets(cast));
  await test.step("Bo invites Di", () => invites(cast));
  await test.step("Di joins", () => joins(cast));
  await test.step("Cy takes up the invitation", () => takesUpTheInvitation(cast));
  await test.step("Ada looks at the people", () => looksAtThePeople(cast));
  await test.step("Ada narrows Bo, and Di with him", () => narrows(cast));
  await test.step("Ada removes Bo and keeps Di", () => removes(cast));
  await test.step("The audit list tells all of it", () => isAllTold(cast));
});
