import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";
import { expect, type Page } from "@playwright/test";

/** The folder with the pictures and texts of the demonstration. */
export const DEMO = fileURLToPath(new URL("../../crates/server/demo/", import.meta.url));

/** A zip of files that are stored as they are. */
function zip(files: [string, string][]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [path, text] of files) {
    const [name, body] = [Buffer.from(path), Buffer.from(text)];
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt32LE(crc32(body), 10);
    facts.writeUInt32LE(body.length, 14);
    facts.writeUInt32LE(body.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const file = Buffer.concat([Buffer.from("PK\x03\x04"), facts, name, body]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), facts, place, name]));
    parts.push(file);
    at += file.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, entries, Buffer.from("PK\x05\x06"), end]);
}

/** A PNG of this size, each of whose pixels is what `color` says of its column and row: red, green and blue, up to 255. */
export function png(
  width: number,
  height: number,
  color: (x: number, y: number) => [number, number, number],
): Buffer {
  const chunk = (kind: string, content: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(kind), content]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows: number[] = [];
  for (let y = 0; y < height; y++) {
    rows.push(0);
    for (let x = 0; x < width; x++) rows.push(...color(x, y));
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const content = chunk("IDAT", deflateSync(Buffer.from(rows)));
  return Buffer.concat([signature, chunk("IHDR", header), content, chunk("IEND", Buffer.alloc(0))]);
}

/** A zip of so many texts, with the lines that tell of them. */
export function archiveOfTexts(count: number): Buffer {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const lines = numbers.map((number) => JSON.stringify({ id: `note-${number}`, file: `${number}.txt` }));
  const texts = numbers.map((number): [string, string] => [`${number}.txt`, `The sign of house ${number}`]);
  return zip([["inputs.jsonl", `${lines.join("\n")}\n`], ...texts]);
}

/** Adds texts by the API of the page's own session, and answers their ids, the oldest first. */
export async function addTexts(page: Page, app: string, texts: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const text of texts) ids.push(...(await add(page, app, { text })));
  return ids;
}

/** Adds pictures of the demonstration in the same way. */
export async function addPictures(page: Page, app: string, names: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const buffer = await readFile(join(DEMO, name));
    ids.push(...(await add(page, app, { file: { name, mimeType: "image/jpeg", buffer } })));
  }
  return ids;
}

type Sent = { text: string } | { file: { name: string; mimeType: string; buffer: Buffer } };

async function add(page: Page, app: string, multipart: Sent): Promise<string[]> {
  const sent = await page.request.post(`/upload${app}`, {
    multipart,
    headers: { accept: "application/json", origin: new URL(page.url()).origin },
  });
  expect(sent.status()).toBe(200);
  return ((await sent.json()) as { added: string[] }).added;
}
