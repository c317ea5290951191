/** The typed client of the admin API, and what every program needs besides: README.md beside this file. */

export { type ApiClient, type ClientOptions, createClient, type Schemas } from './client.ts';
export { each, type Page } from './pages.ts';
export { type Answer, ApiProblem, must, type Problem, type ProblemCode } from './problem.ts';
export type { components, operations, paths } from './schema.ts';
export { type WaitOptions, waitForRun } from './wait.ts';
