import { fileURLToPath } from "node:url";

/** The folder with the pictures and texts of the demonstration. */
export const DEMO = fileURLToPath(new URL("../../crates/server/demo/", import.meta.url));
