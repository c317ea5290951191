/** What was typed makes no command: the exit code is 2, and nothing was begun. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}
