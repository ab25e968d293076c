// Adds a box to an input with the official Node client.
import { Input } from "clarifai-nodejs";

const [userId, appId, inputId] = process.argv.slice(2);
const authConfig = { userId, appId, pat: process.env.CLARIFAI_PAT, base: process.env.CLARIFAI_API_BASE };

const box = Input.getBboxProto({ inputId, label: "stop", bbox: [0.25, 0.25, 0.75, 0.75] });
const refused = await new Input({ authConfig }).uploadAnnotations({ batchAnnot: [box], showLog: false });

console.log(JSON.stringify({ refused: refused.length }));
process.exit(0);
