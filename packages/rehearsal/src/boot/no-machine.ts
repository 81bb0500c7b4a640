/** This machine cannot boot another one: nothing is known of what was to be tested. */
export class NoMachineError extends Error {
  override readonly name = 'NoMachineError' as const;
}
