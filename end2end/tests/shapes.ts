import type { Page } from "@playwright/test";
import { png } from "./files";
import { expect } from "./fixture";
import { makeAccountWithToken, signInAs } from "./people";

const SIZE = 64;

/** A number from 0 to 1 that looks as if by chance, and is the same for the same numbers. */
function chance(...numbers: number[]): number {
  const mixed = numbers.reduce((hash, number) => {
    const next = Math.imul(hash ^ Math.round(number * 1_000), 0x5bd1e995);
    return Math.imul(next ^ (next >>> 15), 0x27d4eb2f);
  }, 0x9747b28c);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
}

/** Pictures of three kinds, none of which is like another of its kind: discs, stripes and chequers in colours of any kind. */
const KINDS = {
  disc(number: number) {
    const [cx, cy] = [20 + 24 * chance(number, 1), 20 + 24 * chance(number, 2)];
    const radius = 8 + 10 * chance(number, 3);
    return (x: number, y: number) => Math.hypot(x - cx, y - cy) < radius;
  },
  stripes(number: number) {
    const [width, lean] = [3 + 5 * chance(number, 4), chance(number, 5) - 0.5];
    return (x: number, y: number) => Math.floor((x + y * lean) / width) % 2 === 0;
  },
  chequers(number: number) {
    const width = 5 + 7 * chance(number, 6);
    return (x: number, y: number) => (Math.floor(x / width) + Math.floor(y / width)) % 2 === 0;
  },
};
type Kind = keyof typeof KINDS;
/** The kinds. */
export const NAMES = Object.keys(KINDS) as Kind[];

/** A picture of a kind: another for each number. */
export function pictureOf(kind: Kind, number: number): Buffer {
  const isInk = KINDS[kind](number);
  const color = (from: number): [number, number, number] => [
    from + 100 * chance(number, from, 1),
    from + 100 * chance(number, from, 2),
    from + 100 * chance(number, from, 3),
  ];
  const [ink, paper] = [color(0), color(155)];
  return png(SIZE, SIZE, (x, y) => {
    const [red, green, blue] = isInk(x, y) ? ink : paper;
    const noise = 40 * (chance(x, y, number) - 0.5);
    const bounded = (value: number) => Math.max(0, Math.min(255, Math.round(value + noise)));
    return [bounded(red), bounded(green), bounded(blue)];
  });
}

/** Adds pictures, with what they show unless that is still to be said, by the API, as programs of a team do. */
export async function addPictures(
  page: Page,
  app: string,
  token: string,
  numbers: number[],
  isLabelled = true,
): Promise<void> {
  const [, owner, slug] = app.split("/");
  const inputs = NAMES.flatMap((kind) =>
    numbers.map((number) => ({
      id: `${kind}-${number}`,
      data: {
        image: { base64: pictureOf(kind, number).toString("base64") },
        concepts: isLabelled ? [{ id: kind }] : [],
      },
    })),
  );
  const sent = await page.request.post(`/v2/users/${owner}/apps/${slug}/inputs`, {
    data: { inputs },
    headers: { authorization: `Key ${token}` },
  });
  expect(sent.status()).toBe(200);
}

/** Makes an app, and answers its path and the token of whose it is. */
export async function appOfAda(page: Page): Promise<{ app: string; token: string }> {
  const { email, token } = makeAccountWithToken("Ada Lovelace");
  await signInAs(page, email, "/apps/new");
  await page.getByLabel("Name", { exact: true }).fill("Shapes");
  await page.getByRole("button", { name: "Make the app" }).click();
  await expect(page).toHaveURL(/\/shapes$/);
  return { app: new URL(page.url()).pathname, token };
}

/** Makes one with labelled pictures. */
export async function appWithPictures(page: Page, count: number): Promise<{ app: string; token: string }> {
  const { app, token } = await appOfAda(page);
  await addPictures(page, app, token, Array.from({ length: count }, (_, number) => number));
  return { app, token };
}
