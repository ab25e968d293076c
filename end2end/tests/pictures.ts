import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";

/** Saves the page as it is now for the README, when `ATELIER_PICTURES` names a folder; else nothing happens. */
export async function picture(page: Page, name: string, colorScheme: "light" | "dark" = "light"): Promise<void> {
  const folder = process.env.ATELIER_PICTURES;
  if (!folder) return;
  const before = page.viewportSize();
  await mkdir(folder, { recursive: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
  await page.emulateMedia({ colorScheme: null });
  if (before) await page.setViewportSize(before);
}
