/** A variable that the stack sets for its Lambdas. @throws Error that names it when it is not set */
export function readVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment variable ${name} is not set`);
  return value;
}
