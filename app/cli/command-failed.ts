/** The command was used wrongly, or what it was asked for is not there; the message is all that a person needs. */
export class CommandFailed extends Error {
  readonly exitCode: number;

  constructor(why: string, exitCode = 1) {
    super(why);
    this.exitCode = exitCode;
  }
}
