// One import from upload to end, as a page would do it.

import type { Client } from "./client";
import { followRun } from "./events";
import { ProblemError, explain } from "./problem";
import type { components } from "./schema";

type Schemas = components["schemas"];
type Run = Schemas["RunView"];

/** What the page asks the person for, and shows. */
export interface Page {
  /** The password of a file; null: the person gives up, and the file is left out. */
  askPassword(file: Schemas["FileView"], refused: string | null): Promise<string | null>;
  /** Whether the files are from their source, though these records would become other people or cars. */
  confirmSource(pairs: Schemas["PairView"][]): Promise<boolean>;
  /** What happens with likely duplicates. */
  askDuplicates(count: number): Promise<Schemas["ActionName"]>;
  /** "3,200 of 9,408 imported" */
  showProgress(file: string, text: string): void;
}

/** Imports files, and says what became of them. */
export async function importFiles(client: Client, page: Page, files: File[]): Promise<Schemas["SummaryView"]> {
  const form = new FormData();
  files.forEach((file) => form.append("files", file));
  const options: Schemas["OptionsRequest"] = { orphans: "unlinked" };
  form.append("options", JSON.stringify(options));
  const created = await client.upload("/v1/import-runs", form, { key: crypto.randomUUID() });
  const path = { run_id: created.id };

  for (const file of created.files.filter((one) => one.status === "awaiting_password")) {
    await unlock(client, page, created.id, file);
  }
  let run = await settled(client, created.id);
  if (run.source_confirmation && (await page.confirmSource(run.source_confirmation.pairs))) {
    const body = { options: { source_confirmation: true } };
    run = await client.patch("/v1/import-runs/{run_id}", { path, body });
  }
  if (run.undecided_duplicates > 0) {
    const action = await page.askDuplicates(run.undecided_duplicates);
    run = await client.put("/v1/import-runs/{run_id}/duplicate-default", { path, body: { action } });
  }
  await client.post("/v1/import-runs/{run_id}/start", { path });
  await show(client, page, run);
  return client.get("/v1/import-runs/{run_id}/summary", { path });
}

/** Asks for the password until it fits. */
async function unlock(client: Client, page: Page, runId: string, file: Schemas["FileView"]): Promise<void> {
  const path = { run_id: runId, file_id: file.id };
  let refused: string | null = null;
  for (;;) {
    const password = await page.askPassword(file, refused);
    try {
      if (password === null) {
        await client.delete("/v1/import-runs/{run_id}/files/{file_id}", { path });
      } else {
        await client.post("/v1/import-runs/{run_id}/files/{file_id}/unlock", { path, body: { password } });
      }
      return;
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== "wrong_password") {
        throw error;
      }
      refused = explain(error.problem);
    }
  }
}

/** The run as soon as every row is analysed. */
async function settled(client: Client, runId: string): Promise<Run> {
  for (;;) {
    const run = await client.get("/v1/import-runs/{run_id}", { path: { run_id: runId }, query: { wait: 30 } });
    if (!run.missing.includes("analysis")) {
      return run;
    }
  }
}

/** Shows how far each file is, until the run is done. */
async function show(client: Client, page: Page, run: Run): Promise<void> {
  const names = new Map(run.jobs.map((job) => [job.id, job.sheet ?? job.file]));
  for await (const told of followRun(client, run.id)) {
    if (told.event === "progress") {
      page.showProgress(names.get(told.data.job_id) ?? "", told.data.progress.text);
    } else if (told.event === "job") {
      page.showProgress(told.data.sheet ?? told.data.file, told.data.progress.text);
    }
  }
}
