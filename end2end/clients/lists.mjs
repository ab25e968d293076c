// Lists the concepts of an app with the official Node client, and tries to make another app.
import { App, User } from "clarifai-nodejs";

const [userId, appId] = process.argv.slice(2);
const authConfig = { userId, appId, pat: process.env.CLARIFAI_PAT, base: process.env.CLARIFAI_API_BASE };

const concepts = [];
for await (const page of new App({ authConfig }).listConcepts()) concepts.push(...page);

const made = new User(authConfig).createApp({ appId: "another" });
const refused = await made.then(() => "", (error) => error.message);

console.log(JSON.stringify({ concepts: concepts.map((concept) => concept.id), refused }));
process.exit(0);
