import { expect, test } from "./fixture";
import { makeApp } from "./people";

test("what the server has sent along with a page is not fetched again", async ({ page }) => {
  const app = await makeApp(page);
  const fetched: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) fetched.push(`${pathname} by ${page.url()}`);
  });
  const rooms = ["", "/inputs", "/concepts", "/vocabs", "/settings/collaborators", "/settings/collaborators/add", "/settings/api"];
  for (const path of ["/apps", "/collaborations", "/account", ...rooms.map((room) => `${app}${room}`)]) {
    await page.goto(path);
    await expect(page.locator("html[data-hydrated]")).toBeAttached();
    // What is fetched on taking over is asked for before the browser has nothing else to do.
    for (let turn = 0; turn < 3; turn++) await page.evaluate(() => new Promise((idle) => requestIdleCallback(idle)));
  }
  expect(fetched).toEqual([]);
});
