import { runInChrome } from "../host/chrome.ts";
import { runOnDawn } from "../host/dawn.ts";
import type { Job, JobInputs, JobResults } from "../host/jobs.ts";
import type { Arguments } from "./options.ts";

/** Runs a job where `--host` says. */
export function runOnHost<J extends Job>({ values }: Arguments, job: J, inputs: JobInputs): Promise<JobResults[J["kind"]]> {
  return values.get("host") === "chrome" ? runInChrome(job, inputs) : runOnDawn(job, inputs);
}
