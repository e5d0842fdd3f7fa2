import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";

/** What GitHub would not take of an `action.yml`. */
export function actionProblems(content: string): readonly string[] {
  const { context } = parseAction({ name: "action.yml", content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map((error) => error.message);
}

/** What GitHub would not take of a workflow. */
export function workflowProblems(content: string): readonly string[] {
  const { context } = parseWorkflow(
    { name: "workflow.yml", content },
    new NoOperationTraceWriter(),
  );
  return context.errors.getErrors().map((error) => error.message);
}
