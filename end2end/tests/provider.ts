import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Page } from "@playwright/test";
import { Provider } from "oidc-provider";

const CLIENT = { client_id: "atelier", client_secret: "known to both, and to nobody else" };

/** A server of its own, at which people sign in by a provider of its own. */
export type ByProvider = {
  /** Where the server is reached. */
  url: string;
  /** Its data folder. */
  data: string;
  /** Ends both. */
  stop: () => Promise<void>;
};

/** Starts a provider on this machine, and a server that has people sign in by it. */
export async function startByProvider(): Promise<ByProvider> {
  const { ATELIER_BINARY } = process.env;
  if (!ATELIER_BINARY) throw new Error("run by `cargo xtask test e2e`, which says where the server is");
  const listener = createServer();
  await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening));
  // Under another name than the server's: to browsers, it is another site.
  const issuer = `http://localhost:${(listener.address() as AddressInfo).port}`;
  const data = await mkdtemp(join(tmpdir(), "atelier-by-provider-"));
  const server = spawn(ATELIER_BINARY, ["serve", "--listen", "127.0.0.1:0", "--data", data], {
    env: {
      ...process.env,
      ATELIER_PROVIDER_ISSUER: issuer,
      ATELIER_PROVIDER_NAME: "Example",
      ATELIER_PROVIDER_CLIENT_ID: CLIENT.client_id,
      ATELIER_PROVIDER_CLIENT_SECRET: CLIENT.client_secret,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const url = await address(server);
  const there = provider(issuer, url);
  const answer = there.callback();
  listener.on("request", (request, response) => {
    if (request.url?.startsWith("/interaction/")) void interact(there, request, response);
    else void answer(request, response);
  });
  return { url, data, stop: () => stop(server, listener, data) };
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

/** The provider. Every address is one that it has checked, unless it says otherwise itself. */
function provider(issuer: string, server: string): Provider {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const seconds = 600;
  return new Provider(issuer, {
    clients: [{ ...CLIENT, redirect_uris: [`${server}/sign-in/from/sso`] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["of a test"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    jwks: { keys: [privateKey.export({ format: "jwk" })] },
    ttl: { AccessToken: seconds, Grant: seconds, IdToken: seconds, Interaction: seconds, Session: seconds },
    findAccount: (_, email) => ({
      accountId: email,
      claims: () => ({ sub: email, email, email_verified: !email.startsWith("unchecked"), name: "Grace Hopper" }),
    }),
  });
}

/** The provider's page: everybody signs in there by their address alone, and lets it tell Atelier who they are. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    const field = `<label>Address <input name="email"></label> <button>Sign in there</button>`;
    response.setHeader("content-type", "text/html");
    response.end(`<!DOCTYPE html><html lang="en"><title>Example</title><form method="post">${field}</form></html>`);
    return;
  }
  let body = "";
  for await (const part of request) body += String(part);
  const accountId = new URLSearchParams(body).get("email") ?? "";
  const grant = new provider.Grant({ accountId, clientId: String(params.client_id) });
  grant.addOIDCScope(String(params.scope));
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function stop(server: ChildProcess, listener: Server, data: string): Promise<void> {
  const ended = new Promise((ended) => server.once("exit", ended));
  server.kill();
  await ended;
  listener.closeAllConnections();
  await new Promise((closed) => listener.close(closed));
  await rm(data, { recursive: true, force: true });
}

/** Signs in at the provider, which is open. */
export async function signInThere(page: Page, email: string): Promise<void> {
  await page.getByLabel("Address").fill(email);
  await page.getByRole("button", { name: "Sign in there" }).click();
}
