import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { Provider } from "oidc-provider";
import { startServer, type OwnServer } from "./server";

const CLIENT = { client_id: "atelier", client_secret: "known to both, and to nobody else" };

/** Starts a provider on this machine, and a server that has people sign in by it. */
export async function startByProvider(): Promise<OwnServer> {
  const listener = createServer();
  await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening));
  // Under another name than the server's: to browsers, it is another site.
  const issuer = `http://localhost:${(listener.address() as AddressInfo).port}`;
  const server = await startServer(["--listen", "127.0.0.1:0"], {
    ATELIER_PROVIDER_ISSUER: issuer,
    ATELIER_PROVIDER_NAME: "Example",
    ATELIER_PROVIDER_CLIENT_ID: CLIENT.client_id,
    ATELIER_PROVIDER_CLIENT_SECRET: CLIENT.client_secret,
  });
  const there = provider(issuer, server.url);
  const answer = there.callback();
  listener.on("request", (request, response) => {
    if (request.url?.startsWith("/interaction/")) void interact(there, request, response);
    else void answer(request, response);
  });
  const stop = async () => {
    await server.stop();
    listener.closeAllConnections();
    await new Promise((closed) => listener.close(closed));
  };
  return { ...server, stop };
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

/** Signs in at the provider, which is open. */
export async function signInThere(page: Page, email: string): Promise<void> {
  await page.getByLabel("Address").fill(email);
  await page.getByRole("button", { name: "Sign in there" }).click();
}
