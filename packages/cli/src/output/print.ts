/** Prints a result: JSON on one line with `--json`, else what `format` makes of it for a person. */
export function print<Result>(
  result: Result,
  options: { readonly json: boolean | undefined; readonly format: (result: Result) => string },
): void {
  console.log(options.json ? JSON.stringify(result) : options.format(result));
}
