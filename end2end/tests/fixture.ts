import AxeBuilder from "@axe-core/playwright";
import { expect, test as base, type BrowserContext, type Page } from "@playwright/test";

export { expect };

type Fixtures = {
  /** Sentences of the console that a test expects, such as the browser's note about a refused request. */
  expectedNoise: RegExp[];
  /** Opens a page and waits until its buttons work. */
  open: (path: string) => Promise<void>;
  /** Fails on anything that axe finds on the page as it is now, or on another one. */
  axe: (other?: Page) => Promise<void>;
  /** A browser for somebody else, whose console is watched as well. */
  another: () => Promise<Page>;
};

/** A test that fails on any warning or error in the console and on any uncaught error of the page. */
export const test = base.extend<Fixtures>({
  expectedNoise: [[], { option: true }],

  page: async ({ page, expectedNoise }, use) => {
    const noise = listenTo(page);
    await use(page);
    expect(unexpected(noise, expectedNoise)).toEqual([]);
  },

  another: async ({ browser, expectedNoise }, use) => {
    const heard: { context: BrowserContext; noise: string[] }[] = [];
    await use(async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      heard.push({ context, noise: listenTo(page) });
      return page;
    });
    for (const { context } of heard) await context.close();
    expect(unexpected(heard.flatMap(({ noise }) => noise), expectedNoise)).toEqual([]);
  },

  open: async ({ page }, use) => {
    await use(async (path) => {
      await page.goto(path);
      await hydrated(page);
    });
  },

  axe: async ({ page }, use) => {
    await use(async (other) => {
      const { violations } = await new AxeBuilder({ page: other ?? page })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
        .analyze();
      expect(violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.map((node) => node.html) }))).toEqual([]);
    });
  },
});

/** What a page complains of, as it comes in. */
function listenTo(page: Page): string[] {
  const noise: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) noise.push(message.text());
  });
  page.on("pageerror", (error) => noise.push(String(error)));
  return noise;
}

function unexpected(noise: string[], expectedNoise: RegExp[]): string[] {
  return noise.filter((line) => !expectedNoise.some((expected) => expected.test(line)));
}

/** The application marks the document when it has taken over. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
}
