/** What the views read of control_room, and how often. One that fails is asked again at its pace, and keeps its last answer. */
import { QueryClient, queryOptions, type QueryKey } from "@tanstack/react-query";
import { answering, api, ask, everyPage } from "./client";
import type { Query } from "../ui/place";
import type { Problem } from "./problem";
import type { Requisition } from "./types";

declare module "@tanstack/react-query" {
  interface Register {
    /** `ask` throws nothing else. */
    defaultError: Problem;
  }
}

const PAGE = 200;
/** A view come back to so soon shows what it showed until it is answered anew. */
const KEPT_MS = 30_000;

const serverAway = (_: number, problem: Problem): boolean => problem.status === 0 || problem.status >= 500;

/** What one session was answered. Another has another, so that nobody is shown what somebody else could see. */
export const cacheOfSession = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      // "online" is what the browser believes of the network: it would keep silent about a server it cannot reach.
      queries: { networkMode: "always", gcTime: KEPT_MS, retry: serverAway },
      mutations: { networkMode: "always" },
    },
  });

/**
 * Polled while a view shows it and the tab is seen. A failure is retried without end within one fetch, so that
 * `failureReason` stands from the first failure until the next answer.
 */
const polled = <T>(queryKey: QueryKey, everyMs: number, load: (signal: AbortSignal) => Promise<T>) =>
  queryOptions({
    queryKey,
    queryFn: ({ signal }) => load(signal),
    refetchInterval: everyMs,
    retry: true,
    retryDelay: (_, problem) => Math.max(everyMs, (problem.retryAfterS ?? 0) * 1000),
  });

/** The same asked once: again only where nobody answered. */
export const once = <Options extends object>(query: Options) => ({ ...query, refetchInterval: false as const, retry: serverAway });

export const camerasQuery = polled(["cameras"], 2000, (signal) =>
  everyPage((cursor) => api.GET("/api/v1/cameras", { params: { query: { cursor, limit: PAGE } }, signal: answering(signal) })),
);

export const communesQuery = polled(["communes"], 30_000, (signal) =>
  everyPage((cursor) => api.GET("/api/v1/communes", { params: { query: { cursor, limit: PAGE } }, signal: answering(signal) })),
);

export const peopleQuery = polled(["people"], 10_000, (signal) =>
  everyPage((cursor) => api.GET("/api/v1/people", { params: { query: { cursor, limit: PAGE } }, signal: answering(signal) })),
);

export const workersQuery = (code: string) =>
  polled(["communes", code, "workers"], 5000, (signal) =>
    everyPage((cursor) => api.GET("/api/v1/communes/{code}/workers", { params: { path: { code }, query: { cursor } }, signal: answering(signal) })),
  );

export const viewersQuery = polled(["viewers"], 2000, (signal) => ask(api.GET("/api/v1/viewers", { signal: answering(signal) })));

export const storageQuery = polled(["storage"], 3000, (signal) => ask(api.GET("/api/v1/storage", { signal: answering(signal) })));

export const exportsQuery = polled(["exports"], 1000, (signal) =>
  everyPage((cursor) => api.GET("/api/v1/exports", { params: { query: { cursor, limit: 100 } }, signal: answering(signal) }), 2),
);

export const holdsQuery = polled(["holds"], 3000, (signal) =>
  everyPage((cursor) => api.GET("/api/v1/holds", { params: { query: { cursor, limit: 100 } }, signal: answering(signal) }), 5),
);

export const holdsStandingQuery = polled(["holds", "standing"], 5000, (signal) => ask(api.GET("/api/v1/holds/standing", { signal: answering(signal) })));

/** What does not change while a page is open. */
export const deskQuery = once(polled(["desk"], 60_000, (signal) => ask(api.GET("/api/v1/desk", { signal: answering(signal) }))));

export const requisitionsQuery = (file: string, status: Requisition["status"] | "") =>
  polled(["requisitions", file, status], 2000, (signal) =>
    everyPage((cursor) => api.GET("/api/v1/requisitions", {
      params: { query: { cursor, limit: 100, file, ...(status === "" ? {} : { status }) } }, signal: answering(signal),
    }), 2),
  );

/** The masks that a request has, to be looked at over the pictures: of a requisition, or of an access request's camera. */
export const masksQuery = (of: string, camera: string) => ({
  ...once(polled(["masks", of, camera], 60_000, (signal) =>
    of.startsWith("a-")
      ? ask(api.GET("/api/v1/access-requests/{request_id}/copies/{camera_id}", { params: { path: { request_id: of, camera_id: camera } }, signal: answering(signal) }))
      : ask(api.GET("/api/v1/requisitions/{requisition_id}/masks", { params: { path: { requisition_id: of } }, signal: answering(signal) })),
  )),
  enabled: of !== "",
});

export const preflightQuery = (id: string) =>
  polled(["requisitions", id, "preflight"], 5000, (signal) =>
    ask(api.GET("/api/v1/requisitions/{requisition_id}/preflight", { params: { path: { requisition_id: id } }, signal: answering(signal) })),
  );

export const transmissionsQuery = polled(["transmissions"], 10_000, (signal) =>
  everyPage((cursor) => api.GET("/api/v1/register/transmissions", { params: { query: { cursor, limit: PAGE } }, signal: answering(signal) }), 5),
);

export const accessRequestsQuery = polled(["access-requests"], 10_000, (signal) =>
  everyPage((cursor) => api.GET("/api/v1/access-requests", { params: { query: { cursor, limit: 100 } }, signal: answering(signal) }), 5),
);

const JOURNAL_PAGE = 50;

/** One page of the journal; `filter` is as an address tells it, where what is empty is left out. */
export function journalQuery(filter: Query, cursor: string | undefined) {
  const { commune, camera, person, from, to } = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));
  const query = { limit: JOURNAL_PAGE, cursor, commune, camera, person, from, to };
  return polled(["journal", query], 5000, (signal) => ask(api.GET("/api/v1/journal", { params: { query }, signal: answering(signal) })));
}

export const registerStandingQuery = polled(["destructions", "standing"], 10_000, (signal) =>
  ask(api.GET("/api/v1/destructions/standing", { signal: answering(signal) })),
);

/** One page of the register of destructions; `filter` as for the journal. */
export function destructionsQuery(filter: Query, cursor: string | undefined) {
  const { commune, camera, from, to } = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));
  const query = { limit: JOURNAL_PAGE, cursor, commune, camera, from, to };
  return polled(["destructions", query], 10_000, (signal) => ask(api.GET("/api/v1/destructions", { params: { query }, signal: answering(signal) })));
}
