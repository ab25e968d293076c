// Predicts with a public model, and searches by a picture and by a sentence, with the official Node client.
import { readFileSync } from "node:fs";
import { Model, Search } from "clarifai-nodejs";

const [userId, appId, picture] = process.argv.slice(2);
const authConfig = { userId, appId, pat: process.env.CLARIFAI_PAT, base: process.env.CLARIFAI_API_BASE };

const ofAll = { ...authConfig, userId: "clarifai", appId: "main" };
const model = new Model({ modelId: "general-image-recognition", authConfig: ofAll });
const outputs = await model.predictByFilepath({ filepath: picture, inputType: "image" });
const concepts = outputs.flatMap((output) => output.data?.conceptsList ?? []);

const search = new Search({ topK: 2, metric: "euclidean", algorithm: "brute_force", authConfig });
// With a filter of inputs the client searches these, and annotations without.
const filters = [{ inputTypes: ["image", "text"] }];
const found = async (rank, among = filters) => {
  const hits = [];
  for await (const page of search.query({ ranks: [rank], filters: among })) hits.push(...page.hitsList);
  return hits.map((hit) => hit.input?.id);
};

console.log(
  JSON.stringify({
    concepts: concepts.map((concept) => concept.name),
    byPicture: await found({ imageBytes: readFileSync(picture) }),
    bySentence: await found({ textRaw: "Broken signs that tell drivers to stop" }),
    withoutFilter: await found({ textRaw: "Broken signs that tell drivers to stop" }, [{}]),
  }),
);
process.exit(0);
