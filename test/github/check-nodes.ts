/** GraphQL's check suites of a commit, with their runs. */
import { connection } from "./connections.ts";
import { type Fields, fields, integer, text } from "./json.ts";
import type { CheckRun, CheckSuite, Repository } from "./state.ts";

export function checkSuites(repository: Repository, oid: string, args: Fields): Promise<Fields> {
  const filter = fields(args["filterBy"]);
  const runs = repository.checkRuns.filter(
    (run) => run.suite.headSha === oid && isMeant(run, filter),
  );
  const suites = [...new Set(runs.map(({ suite }) => suite))];
  return connection(args, "checkSuites", suites, (suite) => ({
    __typename: "CheckSuite",
    id: `CS_${suite.id}`,
    checkRuns: (given: Fields) =>
      connection(
        given,
        "checkRuns",
        runsOf(repository, suite, fields(given["filterBy"])),
        checkRunNode,
      ),
  }));
}

function isMeant({ name, suite }: CheckRun, filter: Fields): boolean {
  return (
    [suite.appId, undefined].includes(integer(filter, "appId")) &&
    [name, undefined].includes(text(filter, "checkName"))
  );
}

/** The latest of each name, unless all are asked for. */
function runsOf(repository: Repository, suite: CheckSuite, filter: Fields): CheckRun[] {
  const { statuses } = filter;
  const matching = repository.checkRuns.filter(
    (run) => run.suite === suite && isMeant(run, filter),
  );
  const latest = new Map(matching.map((run) => [run.name, run]));
  return matching.filter(
    (run) =>
      (filter["checkType"] === "ALL" || latest.get(run.name) === run) &&
      (!Array.isArray(statuses) || statuses.includes(run.status.toUpperCase())),
  );
}

function checkRunNode(run: CheckRun): Fields {
  return {
    __typename: "CheckRun",
    id: `CR_${run.id}`,
    name: run.name,
    externalId: run.externalId,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
  };
}
