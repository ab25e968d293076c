// Adds a box to an input with the official Node client, and tries to widen what it may do.
import { App, Input, User } from "clarifai-nodejs";

const [userId, appId, inputId] = process.argv.slice(2);
const authConfig = { userId, appId, pat: process.env.CLARIFAI_PAT, base: process.env.CLARIFAI_API_BASE };

const inputs = new Input({ authConfig });
const box = Input.getBboxProto({ inputId, label: "stop", bbox: [0.25, 0.25, 0.75, 0.75] });
const refused = await inputs.uploadAnnotations({ batchAnnot: [box], showLog: false });

const concepts = [];
for await (const page of new App({ authConfig }).listConcepts()) concepts.push(...page);

let created = true;
await new User(authConfig).createApp({ appId: "not-mine" }).catch(() => (created = false));

console.log(JSON.stringify({ refused: refused.length, concepts: concepts.map((concept) => concept.id), created }));
process.exit(0);
