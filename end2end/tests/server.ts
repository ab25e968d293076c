import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A server of one file of tests alone. */
export type OwnServer = {
  /** Where it is reached. */
  url: string;
  /** Its data folder. */
  data: string;
  /** Ends it. */
  stop: () => Promise<void>;
};

/** Starts a server, with further flags and settings in its environment. */
export async function startServer(flags: string[], env: NodeJS.ProcessEnv = {}): Promise<OwnServer> {
  const { ATELIER_BINARY } = process.env;
  if (!ATELIER_BINARY) throw new Error("run by `cargo xtask test e2e`, which says where the server is");
  const data = await mkdtemp(join(tmpdir(), "atelier-of-a-test-"));
  const server = spawn(ATELIER_BINARY, ["serve", "--data", data, ...flags], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const url = await address(server);
  const stop = async () => {
    const ended = new Promise((ended) => server.once("exit", ended));
    server.kill();
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  return { url, data, stop };
}

/** Starts a server that is reached by a name: browsers bind passkeys to it. */
export async function startByName(): Promise<OwnServer> {
  const port = await freePort();
  return startServer(["--listen", `127.0.0.1:${port}`, "--base-url", `http://localhost:${port}`]);
}

/** Where a server says that it listens. What else it prints is read away. */
async function address(server: ChildProcess): Promise<string> {
  if (!server.stdout) throw new Error("the server has no output");
  const lines = createInterface({ input: server.stdout });
  return new Promise((found, failed) => {
    lines.on("line", (line) => {
      const url = line.match(/^listening on (http:\S+)/)?.[1];
      if (url) found(url);
    });
    lines.on("close", () => failed(new Error("the server ended before it listened")));
  });
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening));
  const { port } = listener.address() as AddressInfo;
  await new Promise((closed) => listener.close(closed));
  return port;
}
