import type { Kind } from "../../api/types";

/** Who is offered proofs of destruction: a proof is handed to somebody outside. The server decides. */
export const proves = (kind: Kind): boolean => kind === "legal";
