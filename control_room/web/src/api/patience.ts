import { asProblem } from "./problem";

const TOO_MANY_REQUESTS = 429;

/**
 * Does `work`, again and again while it is refused for coming too often, each time after `wait` for the seconds
 * that the server names. What else goes wrong is thrown, and so is the refusal when `wait` says false.
 */
export async function patiently<T>(work: () => Promise<T>, wait: (seconds: number) => Promise<boolean>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error: unknown) {
      const problem = asProblem(error);
      if (problem.status !== TOO_MANY_REQUESTS || !(await wait(problem.retryAfterS ?? 1))) throw error;
    }
  }
}
