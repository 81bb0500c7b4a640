/** What an operator asked for cannot be done, for a reason that they can mend: told without a stack. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError' as const;
}
