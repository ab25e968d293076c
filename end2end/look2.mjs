import { chromium } from "@playwright/test";
const [,, pw] = process.argv;
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const base = process.env.B;
const I="/ada/street-signs/inputs";
const c = await b.newContext(); const p = await c.newPage(); let bad=false;
p.on("console", m => {if(m.text().includes("panicked")) bad=true;});
await p.goto(base + "/sign-in"); await p.getByLabel("E-mail").fill("ada@example.org"); await p.getByLabel("Password").fill(pw); await p.getByRole("button", { name: "Sign in" }).click(); await p.waitForURL("**/apps");
for (let i=0;i<3;i++) for (const path of [I, I+"/stop-sign-in-the-village", "/ada/street-signs/settings/collaborators", "/ada/street-signs/concepts"]) { bad=false; await p.goto(base + path); await p.waitForTimeout(900); console.log(path, bad); }
await b.close();
