import type { APIRequestContext, Page } from "@playwright/test";
import { expect } from "./fixture";

/** How a call ended: its HTTP status, and what the answer says of itself. */
export type Answer = { http: number; code: number; details: string; body: string };

/** A caller of the REST API, below one app. */
export type Caller = (method: string, path: string, data?: unknown) => Promise<Answer>;

/** Calls the REST API below `app`, such as `/ada/street-signs`, with a token. */
export function withToken(request: APIRequestContext, app: string, token: string): Caller {
  const [, owner, slug] = app.split("/");
  return async (method, path, data) => {
    const answer = await request.fetch(`/v2/users/${owner}/apps/${slug}${path}`, {
      method,
      headers: { authorization: `Key ${token}` },
      ...(data !== undefined && { data }),
    });
    const body = await answer.text();
    const { status } = JSON.parse(body);
    return { http: answer.status(), code: status.code, details: status.details ?? "", body };
  };
}

/** The codes of the wire for what a call may end with. */
export const CODE = { success: 10000, scopes: 11007, notFound: 11101, someoneElses: 24156 };

/** The name of a form's field, and what is in it. */
export type Field = [name: string, value: string];

/** Posts to a server function what a form of the page would post, from the page that is open. */
export async function post(page: Page, name: string, fields: Field[]): Promise<{ http: number; body: string }> {
  return page.evaluate(
    async ([name, fields]) => {
      const answer = await fetch(`/api/${name}`, {
        method: "POST",
        headers: { accept: "application/json" },
        body: new URLSearchParams(fields),
      });
      return { http: answer.status, body: await answer.text() };
    },
    [name, fields] as const,
  );
}

/** Expects that a call was refused for want of a scope, and that the answer names it and who could give it. */
export function expectRefused(answer: Answer, scope: string, giver: string): void {
  expect(answer).toMatchObject({ http: 403, code: CODE.scopes });
  expect(answer.details).toContain(scope);
  expect(answer.details).toContain(giver);
}
