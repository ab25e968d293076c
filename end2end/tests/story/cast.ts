import type { APIRequestContext, Locator, Page } from "@playwright/test";
import { type Caller, withToken } from "../calls";
import { expect } from "../fixture";
import { atRest } from "../people";

/** The people of the story, each in a browser of their own, and what they make on the way. */
export type Cast = {
  ada: Page;
  bo: Page;
  cy: Page;
  di: Page;
  /** The addresses under which they are invited. */
  address: { bo: string; cy: string; di: string };
  request: APIRequestContext;
  another: () => Promise<Page>;
  axe: (page: Page) => Promise<void>;
  /** Where the app is, such as `/ada/street-signs`. */
  app: string;
  /** Where Ada's other app is, of which nobody else knows. */
  otherApp: string;
  /** The secret of the token that came with Bo's collaboration. */
  bosToken: string;
};

/** Calls the app, or another one, as a program does to which Bo has given his token. */
export const withBosToken = (cast: Cast, app = cast.app): Caller => withToken(cast.request, app, cast.bosToken);

/** A spot in a picture, as shares of its width and height. */
type Spot = [col: number, row: number];

export const NAME = { ada: "Ada Lovelace", bo: "Bo Lindqvist", cy: "Cy Twombly", di: "Di Prima" };

/** The input about which most is said. */
export const INPUT = "stop-sign-in-the-village";

/** Where an app's collaborators are. */
export const people = (app: string) => `${app}/settings/collaborators`;

/** The row of the table that tells of `text`. */
export const row = (page: Page, text: string): Locator => page.getByRole("row").filter({ hasText: text });

/** Goes to a room of the app by the sidebar. */
export async function enter(page: Page, room: string): Promise<void> {
  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: room, exact: true }).click();
}

/** Draws a box with the mouse, from one spot, `[col, row]`, to another, and says what is in it. */
export async function drawsBox(page: Page, from: Spot, to: Spot, concept: string): Promise<void> {
  await atRest(page);
  const drawing = page.getByRole("application", { name: /^Drawing over/ });
  await drawing.scrollIntoViewIfNeeded();
  const area = await drawing.boundingBox();
  if (!area) throw new Error("the picture has no size");
  const at = ([col, row]: Spot) => [area.x + col * area.width, area.y + row * area.height] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
  await page.mouse.move(...at(to));
  await page.mouse.up();
  await expect(page.locator(".naming").getByLabel("Concept")).toBeFocused();
  await page.keyboard.type(concept);
  await page.keyboard.press("Enter");
}

/** The dialog of that title. */
export const dialogOf = (page: Page, name: string): Locator => page.getByRole("dialog", { name });

/** The body that invites somebody. */
export function invitation(email: string, scopes: string[]) {
  return { collaborators: [{ user: { primary_email: email }, scopes }] };
}
