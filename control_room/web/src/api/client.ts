/** The one door to control_room: typed by its OpenAPI, failures as Problem, a lost session announced once. */
import createClient from "openapi-fetch";
import type { paths } from "../api.gen";
import { asProblem, isAbort, problemOf } from "./problem";

/** The mark the server asks of whoever changes something: no other site's form or script can set it. */
const MARK = { "X-Beffroi": "1" };

export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin", headers: MARK });

type Listener = () => void;
const onLost = new Set<Listener>();

/** Called when the server no longer knows the session; gives back how to stop listening. */
export function whenSessionLost(listener: Listener): () => void {
  onLost.add(listener);
  return () => onLost.delete(listener);
}

/** A server that is asked again and again and says nothing for so long is one that does not answer. */
const ANSWER_MS = 10_000;

/** Ends with `signal`, or when the answer does not come. For one request. */
export const answering = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Waits for a call; gives its body or throws a Problem. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw asProblem(error);
  }
  if (answer.response.ok) return answer.data as T;
  if (answer.response.status === 401) onLost.forEach((listener) => listener());
  throw problemOf(answer.response, answer.error);
}

interface PageOf<T> {
  items: T[];
  next?: string | null;
}

/** Every item of a cursor-paged list. `pages` bounds a server that never ends its list. */
export async function everyPage<T>(page: (cursor: string | undefined) => Promise<Answer<PageOf<T>>>, pages = 200): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let count = 0; count < pages; count += 1) {
    const found = await ask(page(cursor));
    items.push(...found.items);
    if (found.next === null || found.next === undefined) break;
    cursor = found.next;
  }
  return items;
}
