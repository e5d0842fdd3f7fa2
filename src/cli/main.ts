import { isMainThread, parentPort } from "node:worker_threads";
import { Command, CommanderError } from "commander";
import { PortcullisError } from "../core/errors.ts";
import { visible } from "../report/index.ts";
import { withoutSecrets } from "../setup/index.ts";
import { EXIT } from "./finish.ts";
import { commands } from "./index.ts";
import { type Job, work } from "./parallel.ts";
import { version } from "./version.ts";

/** Runs the command line and gives the exit status. Errors that a person can mend get one line and a hint. */
async function main(words: readonly string[]): Promise<number> {
  let status: number = EXIT.clean;
  const program = new Command("portcullis")
    .description(
      "Reviews changes to Python web applications for security problems, and says only what they make worse.",
    )
    .version(version)
    .exitOverride()
    // What is wrong with a call is told with the words of the call.
    .configureOutput({ writeErr: complain })
    .showHelpAfterError("Run with --help for the options.")
    .addHelpText(
      "after",
      "\nExit status: 0 nothing at or over the threshold, 1 findings at or over it, 2 the run failed.",
    );
  for (const add of commands) {
    add(program, (result) => {
      status = result;
    });
  }
  for (const command of program.commands)
    command.exitOverride().showHelpAfterError("Run with --help for the options.");
  try {
    await program.parseAsync(words, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.failed;
    if (!(error instanceof PortcullisError)) throw error;
    complain(
      `portcullis: ${error.message}\n${error.hint === undefined ? "" : `  ${error.hint}\n`}`,
    );
    return EXIT.failed;
  }
}

/** Arguments, paths, revisions and what stands in a configuration may be secrets, or written for the terminal. */
function complain(text: string): void {
  process.stderr.write(withoutSecrets(text).split("\n").map(visible).join("\n"));
}

if (isMainThread) {
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.clean);
    throw error;
  });
  main(process.argv.slice(2)).then(
    // Once all is written: to take down what a scan leaves in memory would only keep the caller waiting.
    (status) => process.stdout.write("", () => process.exit(status)),
    (error: unknown) => {
      const stack = error instanceof Error ? error.stack : String(error);
      complain(`portcullis: this is a bug of ours, please report it.\n${stack}\n`);
      process.exitCode = EXIT.failed;
    },
  );
} else {
  // A thread of a scan: one job, one answer. What it throws is told to whoever started it.
  parentPort?.once("message", async (job: Job) => parentPort?.postMessage(await work(job)));
}
