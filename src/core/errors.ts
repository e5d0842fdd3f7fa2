/**
 * Something the person who runs Portcullis can mend. The message says what and where, `hint` says what to do.
 * Any other error that reaches a door is a bug of ours and keeps its stack.
 */
export class PortcullisError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** The repository's or the command line's configuration is wrong. */
export class ConfigError extends PortcullisError {}

/** A rule or model file is wrong: ours, or one of the repository's own. */
export class RuleError extends PortcullisError {}

/** A repository, revision or tree cannot be read. */
export class RevisionError extends PortcullisError {}
