import { defineConfig } from "@playwright/test";

/** Drives a running server at `ATELIER_URL` with the system's own Chromium; nothing is downloaded. */
export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  // Long walks through the application, on machines that are busy with other things too.
  timeout: 90_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  use: {
    // Without these, what never comes would be waited for until the test as a whole is over.
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    baseURL: process.env.ATELIER_URL ?? "http://127.0.0.1:8080",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
});
